"use strict";
// Search and sort for whoever has scripts on. Nothing is fetched, nothing is kept.
(() => {
  const form = document.getElementById("find");
  const box = form.querySelector("input");
  const told = form.querySelector("[role=status]");
  const collator = new Intl.Collator(document.documentElement.lang, { numeric: true, sensitivity: "base" });
  const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const records = [...document.querySelectorAll(".records tbody tr, .cards > .card")];
  const holders = [...document.querySelectorAll(".table, .system")];
  const folded = new Map();

  const textOf = (record) => {
    if (!folded.has(record)) {
      const cells = record.querySelectorAll("td, dd");
      folded.set(record, fold([...cells].map((cell) => cell.textContent + " " + (cell.dataset.v || "")).join(" ")));
    }
    return folded.get(record);
  };

  const search = () => {
    const words = fold(box.value).split(/\s+/).filter(Boolean);
    let count = 0;
    for (const record of records) {
      record.hidden = !words.every((word) => textOf(record).includes(word));
      count += !record.hidden;
    }
    for (const holder of holders) {
      const inside = holder.querySelectorAll(".records tbody tr, .card");
      holder.hidden = words.length > 0 && ![...inside].some((record) => !record.hidden);
    }
    told.textContent = !words.length ? "" : count ? told.dataset.found.replace("{count}", count) : told.dataset.none;
  };

  let waiting;
  box.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(search, 150); });
  form.addEventListener("submit", (event) => { event.preventDefault(); search(); });
  form.querySelector("[type=reset]").addEventListener("click", (event) => {
    event.preventDefault();
    box.value = "";
    search();
    box.focus();
  });

  const key = (cell) => (cell.dataset.v ?? cell.textContent).trim();
  const sorted = (list, cellOf, down) => {
    const keyed = list.map((record, place) => ({ record, place, key: key(cellOf(record)) }));
    keyed.sort((a, b) => {
      if (!a.key || !b.key) return !a.key - !b.key || a.place - b.place;  // what is empty comes last
      const numbers = Number(a.key) - Number(b.key);
      return (Number.isNaN(numbers) ? collator.compare(a.key, b.key) : numbers) * (down ? -1 : 1) || a.place - b.place;
    });
    return keyed.map((one) => one.record);
  };

  for (const table of document.querySelectorAll("table.records")) {
    const body = table.tBodies[0];
    for (const head of table.tHead.rows[0].cells) {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        const down = head.getAttribute("aria-sort") === "ascending";
        for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
        body.append(...sorted([...body.rows], (row) => row.cells[head.cellIndex], down));
      });
    }
  }

  for (const sorter of document.querySelectorAll(".sorter")) {
    const list = sorter.nextElementSibling;
    const cards = [...list.children];
    const choice = sorter.querySelector("select");
    for (const [place, name] of [...cards[0].querySelectorAll("dt")].entries()) {
      choice.append(new Option(name.textContent, String(place)));
    }
    choice.addEventListener("change", () => {
      const place = choice.value;
      list.append(...(place === "" ? cards : sorted(cards, (card) => card.querySelectorAll("dd")[Number(place)], false)));
    });
    sorter.hidden = false;
  }
  form.hidden = false;
})();
