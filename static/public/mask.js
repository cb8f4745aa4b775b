/* The pages on which a person shows a document. What is covered never leaves the device: only the drawing of
   `mask_editor.js` is put into the form. The chosen file itself is never in a field that is sent, but where this browser
   cannot open it and the person says so (then the server's page covers it before anybody looks). */
(() => {
  "use strict";
  const QUALITY = 0.9;
  if (!window.DocumentMask) return; // this browser cannot: the page works without
  const { Editor, openPicture } = window.DocumentMask;

  function readHints(where, kind, side) {
    const found = [...where.querySelectorAll("[data-box]")];
    return found
      .filter((item) => (!kind || item.dataset.kind === kind) && item.dataset.side === side)
      .map((item) => ({ what: item.dataset.what, stay: "stay" in item.dataset, box: item.dataset.box.split(",").map(Number) }));
  }

  /* --- one side of the document on the page where pictures are chosen -------------------------------------------- */
  class Side {
    constructor(form, root) {
      this.form = form;
      this.root = root;
      this.name = root.dataset.side;
      this.title = root.dataset.title;
      this.picker = root.querySelector("input[type=file]");
      this.field = this.picker.closest(".field");
      this.place = root.querySelector(".mask-place");
      this.send = this.picker.cloneNode();
      this.send.removeAttribute("id");
      this.send.removeAttribute("aria-describedby");
      this.send.hidden = true;
      this.send.required = this.picker.required = false;
      this.picker.removeAttribute("name"); // from now on the chosen file itself is in no field that is sent
      this.picker.value = this.send.value = "";
      this.picker.after(this.send);
      this.state = "empty";
      this.picker.addEventListener("change", () => this.chosen());
    }

    async chosen() {
      const file = this.picker.files[0];
      this.picker.value = "";
      if (!file) return;
      this.reset();
      this.state = "opening";
      this.field.hidden = true;
      this.place.replaceChildren(document.getElementById("mask-opening").content.firstElementChild.cloneNode(true));
      const picture = await openPicture(file).catch(() => null);
      if (this.state !== "opening") return; // taken back meanwhile
      if (picture) this.edit(picture);
      else this.cannotOpen(file);
    }

    edit(picture) {
      this.state = "editing";
      this.editor = new Editor({
        picture,
        title: this.title,
        hints: () => (kindOf(this.form) ? readHints(document, kindOf(this.form), this.name) : []),
        onDone: () => this.finish(),
        onOther: () => this.startOver(),
      });
      this.show(this.editor.root);
    }

    finish() {
      const drawing = this.editor.burnt();
      drawing.toBlob((blob) => {
        this.put(new File([blob], `${this.name}.jpg`, { type: "image/jpeg" }));
        this.masked(true);
        this.state = "ready";
        const panel = this.panel("mask-ready");
        drawing.setAttribute("role", "img");
        drawing.setAttribute("aria-label", panel.dataset.picture);
        panel.querySelector(".mask-preview").append(drawing);
        panel.querySelector("[data-act=change]").addEventListener("click", () => {
          this.unsend();
          this.state = "editing";
          this.show(this.editor.root);
        });
        this.show(panel);
      }, "image/jpeg", QUALITY);
    }

    cannotOpen(file) {
      const panel = this.panel("mask-unopened");
      panel.querySelector(".mask-file").textContent = file.name;
      panel.querySelector("[data-act=anyway]").addEventListener("click", () => {
        this.put(file);
        this.state = "raw";
        const waiting = this.panel("mask-raw");
        waiting.querySelector(".mask-file").textContent = file.name;
        this.show(waiting);
      });
      this.state = "asking";
      this.show(panel);
    }

    panel(id) {
      const panel = document.getElementById(id).content.firstElementChild.cloneNode(true);
      panel.querySelector("[data-act=other]").addEventListener("click", () => this.startOver());
      return panel;
    }

    show(panel) {
      this.field.hidden = true;
      this.place.replaceChildren(panel);
      panel.querySelector("h3").focus();
    }

    put(file) {
      const box = new DataTransfer();
      box.items.add(file);
      this.send.files = box.files;
    }

    masked(yes) {
      this.mark?.remove();
      if (!yes) return;
      this.mark = Object.assign(document.createElement("input"), { type: "hidden", name: "masked", value: this.name });
      this.send.after(this.mark);
    }

    unsend() {
      this.send.value = "";
      this.masked(false);
    }

    reset() {
      this.unsend();
      this.editor?.wipe();
      this.editor = null;
      this.state = "empty";
      this.place.replaceChildren();
      this.field.hidden = false;
    }

    startOver() {
      this.reset();
      this.picker.focus();
    }
  }

  function kindOf(form) {
    return form.querySelector("input[name=document]:checked")?.value || "";
  }

  function swapWords(root) {
    for (const element of root.querySelectorAll("[data-way]")) element.hidden = element.dataset.way !== "device";
  }

  function choosing(form) {
    swapWords(document);
    const sides = [...form.querySelectorAll("[data-side][data-title]")].map((root) => new Side(form, root));
    const back = sides.find((side) => side.name === "back");
    form.addEventListener("change", () => {
      if (kindOf(form) === "passport") back.reset(); // it has none: nothing of it is sent
    });
    form.addEventListener("submit", (event) => {
      const open = sides.find((side) => ["opening", "editing", "asking"].includes(side.state));
      if (open || form.classList.contains("sending")) event.preventDefault(); // pressed twice is sent once
      if (!open) return form.classList.add("sending");
      open.editor?.say("sayFirst");
      open.place.querySelector("h3")?.focus();
    });
    window.addEventListener("pagehide", () => {
      form.classList.remove("sending");
      sides.forEach((side) => side.reset()); // whoever comes back finds no picture
    });
  }

  /* --- the server's picture (a PDF, or a format this browser cannot open): the same tool, the server burns -------- */
  async function covering(form) {
    const answer = await fetch(form.dataset.picture, { cache: "no-store" });
    if (!answer.ok) return;
    const picture = await openPicture(await answer.blob());
    const send = (name, value) => form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
    const editor = new Editor({
      picture,
      title: form.dataset.title,
      hints: () => readHints(document, "", form.dataset.side),
      onDone: ({ covers }) => {
        for (const { x, y, w, h } of covers) send("cover", [x, y, w, h].map((part) => part.toFixed(5)).join(","));
        if (!covers.length) send("as_it_is", "1");
        form.submit();
      },
    });
    for (const element of form.querySelectorAll("[data-without-script]")) element.remove();
    form.querySelector(".mask-place").replaceChildren(editor.root);
    swapWords(document);
    window.addEventListener("pagehide", () => editor.wipe());
  }

  const chooser = document.querySelector("form[data-mask=choose]");
  const page = document.querySelector("form[data-mask=cover]");
  if (chooser) choosing(chooser);
  if (page) covering(page).catch(() => {}); // the squares still work
})();
