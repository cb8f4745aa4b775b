// Keys and pointer for the picture of a document. The state lives in the radio buttons, which work without this file.
"use strict";
// Going back after the decision must ask the server again, and be told that the picture is gone.
addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
for (const viewer of [...document.querySelectorAll(".viewer")].filter((one) => one.querySelector(".stage"))) {
  const radios = (name) => [...viewer.querySelectorAll(`[name="view-${name}"]`)];
  const at = (name) => radios(name).findIndex((one) => one.checked);
  const said = viewer.querySelector("[role=status]");
  const turned = new Map(); // page → turn and zoom, so that each side keeps its own
  let page = at("page");

  const say = () => {
    said.textContent = ["page", "zoom", "turn"].map((name) => radios(name)[at(name)]?.dataset.says).filter(Boolean).join(", ");
  };
  const choose = (name, index) => {
    const found = radios(name)[index];
    if (found && !found.checked) found.click(); // the change event below does the rest
  };
  const step = (name, by, round) => {
    const all = radios(name).length;
    const to = at(name) + by;
    choose(name, round ? (to + all) % all : Math.min(Math.max(to, 0), all - 1));
  };
  const middle = (stage, x, y) => ({
    x: (stage.scrollLeft + x) / stage.scrollWidth, y: (stage.scrollTop + y) / stage.scrollHeight, left: x, top: y,
  });
  let kept = null; // the point that stays where it is while the zoom changes
  const shown = () => [...viewer.querySelectorAll(".stage")].find((one) => one.offsetParent !== null);
  const keep = (x, y) => {
    const stage = shown();
    if (stage) kept = { stage, ...middle(stage, x ?? stage.clientWidth / 2, y ?? stage.clientHeight / 2) };
  };
  const zoom = (by, x, y) => { keep(x, y); step("zoom", by, false); };

  viewer.addEventListener("change", (event) => {
    if (event.target.name === "view-page") {
      turned.set(page, [at("zoom"), at("turn")]);
      page = at("page");
      const [z, t] = turned.get(page) ?? [0, 0];
      radios("zoom")[z].checked = true;
      radios("turn")[t].checked = true;
    }
    if (kept) {
      const { stage, x, y, left, top } = kept;
      kept = null;
      stage.scrollTo(x * stage.scrollWidth - left, y * stage.scrollHeight - top);
    }
    say();
  });
  viewer.addEventListener("pointerdown", (event) => { if (event.target.name === "view-zoom") keep(); });

  const keys = {
    "+": () => zoom(1), "=": () => zoom(1), "-": () => zoom(-1), "0": () => choose("zoom", 0),
    r: () => step("turn", 1, true), l: () => step("turn", -1, true),
    n: () => radios("page").length && step("page", 1, true),
  };
  for (const stage of viewer.querySelectorAll(".stage")) {
    stage.classList.add("drags");
    stage.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const does = keys[event.key.toLowerCase()];
      if (!does) return;
      event.preventDefault();
      does();
      shown()?.focus(); // another page is another stage
    });
    stage.addEventListener("wheel", (event) => {
      if (!event.ctrlKey) return; // the plain wheel moves the picture; with Ctrl, or a pinch on a trackpad, it zooms
      event.preventDefault();
      const box = stage.getBoundingClientRect();
      zoom(event.deltaY < 0 ? 1 : -1, event.clientX - box.left, event.clientY - box.top);
    }, { passive: false });
    stage.addEventListener("dblclick", (event) => {
      const box = stage.getBoundingClientRect();
      keep(event.clientX - box.left, event.clientY - box.top);
      choose("zoom", at("zoom") ? 0 : 2);
    });
    stage.addEventListener("pointerdown", (event) => {
      if (event.button !== 0 || event.pointerType === "touch") return; // a finger scrolls by itself
      const from = { x: event.clientX + stage.scrollLeft, y: event.clientY + stage.scrollTop };
      const move = (moved) => stage.scrollTo(from.x - moved.clientX, from.y - moved.clientY);
      stage.setPointerCapture(event.pointerId);
      stage.classList.add("held");
      stage.addEventListener("pointermove", move);
      stage.addEventListener("lostpointercapture", () => {
        stage.removeEventListener("pointermove", move);
        stage.classList.remove("held");
      }, { once: true });
    });
    stage.querySelector("img").draggable = false;
  }
  viewer.querySelector(".keys").hidden = false;
}
