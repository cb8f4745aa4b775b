/* The tool that covers parts of a picture on the person's own device, and draws the picture anew with black boxes.
   Boxes are kept as parts of the picture (0 to 1). Words come from the page, in its language. */
(() => {
  "use strict";
  const LONG_SIDE = 2400; // as the door draws it
  const BLOCK = 16; // a JPEG keeps traces of a pixel as far as its block
  const STEP = 0.01;
  const SMALLEST = 0.015;
  const GRIP = 22;
  const ZOOMS = [1, 1.5, 2, 3, 4];

  const template = document.getElementById("mask-editor");
  if (!template || !able()) return;

  /* Some browsers answer with noise where a page reads a canvas; there the server's page covers the picture. */
  function able() {
    if (!window.createImageBitmap || !window.DataTransfer || !HTMLCanvasElement.prototype.toBlob) return false;
    const pen = sheet(8, 8).getContext("2d");
    pen.fillStyle = "#204060";
    pen.fillRect(0, 0, 8, 8);
    const read = pen.getImageData(0, 0, 8, 8).data;
    for (let at = 0; at < read.length; at += 4) {
      if (read[at] !== 0x20 || read[at + 1] !== 0x40 || read[at + 2] !== 0x60) return false;
    }
    return true;
  }

  function sheet(width, height) {
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(width));
    canvas.height = Math.max(1, Math.round(height));
    return canvas;
  }

  /* The picture upright and no larger than the door would keep it. Throws where the browser cannot open it. */
  async function openPicture(blob) {
    let bitmap;
    try {
      bitmap = await createImageBitmap(blob, { imageOrientation: "from-image" });
    } catch {
      bitmap = await createImageBitmap(blob);
    }
    const scale = Math.min(1, LONG_SIDE / Math.max(bitmap.width, bitmap.height));
    const canvas = sheet(bitmap.width * scale, bitmap.height * scale);
    const pen = canvas.getContext("2d");
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.imageSmoothingQuality = "high";
    pen.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    bitmap.close();
    return { canvas, trace: Math.ceil(BLOCK * scale) };
  }

  const within = (value, least, most) => Math.min(Math.max(value, least), most);
  const percent = (part) => Math.round(part * 100);
  const fill = (sentence, values) => sentence.replace(/%(\w+)/g, (_all, name) => values[name] ?? "");

  class Editor {
    /* hints: () => [{what, box: [x, y, w, h]}]. onDone(editor), onOther(). */
    constructor({ picture, title, hints, onDone, onOther }) {
      this.canvas = picture.canvas;
      this.trace = picture.trace;
      this.hints = hints;
      this.onDone = onDone;
      this.covers = [];
      this.past = [];
      this.zoom = 0;
      this.chosen = null;
      this.counter = 0;
      this.warned = false;
      this.root = template.content.firstElementChild.cloneNode(true);
      this.words = this.root.dataset;
      this.view = this.find(".mask-view");
      this.stage = this.find(".mask-stage");
      this.said = this.find(".mask-said");
      this.find(".mask-title").textContent = title;
      this.stage.prepend(this.canvas);
      this.canvas.setAttribute("role", "img");
      this.canvas.setAttribute("aria-label", title);
      this.find("[data-act=other]").hidden = !onOther;
      this.find("[data-act=turn]").hidden = !onOther; // the server holds its picture the way it is
      this.acts = {
        suggest: () => this.suggest(),
        add: () => this.add({ x: 0.35, y: 0.4, w: 0.3, h: 0.12 }, true),
        undo: () => this.undo(),
        clear: () => this.clear(),
        turn: () => this.turn(),
        larger: () => this.zoomTo(this.zoom + 1),
        smaller: () => this.zoomTo(this.zoom - 1),
        pan: () => this.pan(!this.view.classList.contains("panning")),
        left: () => this.nudge(-STEP, 0, 0, 0),
        right: () => this.nudge(STEP, 0, 0, 0),
        up: () => this.nudge(0, -STEP, 0, 0),
        down: () => this.nudge(0, STEP, 0, 0),
        wider: () => this.nudge(0, 0, STEP, 0),
        narrower: () => this.nudge(0, 0, -STEP, 0),
        taller: () => this.nudge(0, 0, 0, STEP),
        lower: () => this.nudge(0, 0, 0, -STEP),
        remove: () => this.remove(),
        done: () => this.done(),
        other: () => onOther && onOther(),
      };
      this.root.addEventListener("click", (event) => {
        const button = event.target.closest("[data-act]");
        if (button) this.acts[button.dataset.act]();
      });
      this.stage.addEventListener("pointerdown", (event) => this.press(event));
      this.stage.addEventListener("keydown", (event) => this.key(event));
      this.render();
    }

    find(selector) {
      return this.root.querySelector(selector);
    }

    say(name, values = {}) {
      clearTimeout(this.saying);
      this.said.textContent = fill(this.words[name] || "", values);
    }

    sayWhere(cover) {
      clearTimeout(this.saying); // not at every step of a key held down
      this.saying = setTimeout(() => this.say("sayWhere", {
        what: this.nameOf(cover), left: percent(cover.x), top: percent(cover.y),
        width: percent(cover.w), height: percent(cover.h),
      }), 400);
    }

    nameOf(cover) {
      const number = this.covers.indexOf(cover) + 1;
      return cover.what ? fill(this.words.sayCoverOf, { number, what: cover.what }) : fill(this.words.sayCover, { number });
    }

    /* --- what is covered ---------------------------------------------------------------------------------------- */
    snapshot() {
      this.past.push(JSON.stringify(this.covers));
      this.warned = false;
    }

    add(box, focus = false) {
      this.snapshot();
      const cover = { id: ++this.counter, what: "", ...box };
      this.covers.push(cover);
      this.choose(cover);
      this.render();
      if (focus) this.element(cover).focus();
      this.say("sayAdded", { what: this.nameOf(cover), count: this.covers.length });
    }

    suggest() {
      const there = new Set(this.covers.map((cover) => cover.what));
      const fresh = this.hints().filter((hint) => !hint.stay && !there.has(hint.what));
      if (!fresh.length) return this.say(this.hints().length ? "sayThere" : "sayKind");
      this.snapshot();
      for (const { what, box: [x, y, w, h] } of fresh) this.covers.push({ id: ++this.counter, what, x, y, w, h });
      this.choose(null);
      this.render();
      this.say("saySuggested", { count: fresh.length });
    }

    undo() {
      if (!this.past.length) return this.say("sayNoUndo");
      this.covers = JSON.parse(this.past.pop());
      this.choose(this.covers.find((cover) => cover.id === this.chosen?.id) || null);
      this.render();
      this.say("sayUndone", { count: this.covers.length });
    }

    clear() {
      if (this.covers.length) this.snapshot();
      this.covers = [];
      this.choose(null);
      this.render();
      this.say("sayCleared");
    }

    remove() {
      if (!this.chosen) return;
      this.snapshot();
      const at = this.covers.indexOf(this.chosen);
      const what = this.nameOf(this.chosen);
      this.covers.splice(at, 1);
      const next = this.covers[Math.min(at, this.covers.length - 1)] || null;
      const focused = this.stage.contains(document.activeElement) || this.find(".mask-chosen").contains(document.activeElement);
      this.choose(next);
      this.render();
      if (focused) (next ? this.element(next) : this.find("[data-act=add]")).focus();
      this.say("sayRemoved", { what, count: this.covers.length });
    }

    nudge(dx, dy, dw, dh) {
      if (!this.chosen) return;
      this.snapshot();
      this.place(this.chosen, { x: this.chosen.x + dx, y: this.chosen.y + dy, w: this.chosen.w + dw, h: this.chosen.h + dh });
      this.render();
      this.sayWhere(this.chosen);
    }

    place(cover, { x, y, w, h }) {
      cover.w = within(w, SMALLEST, 1);
      cover.h = within(h, SMALLEST, 1);
      cover.x = within(x, 0, 1 - cover.w);
      cover.y = within(y, 0, 1 - cover.h);
    }

    turn() {
      const { width, height } = this.canvas;
      const turned = sheet(height, width);
      const pen = turned.getContext("2d");
      pen.translate(height, 0);
      pen.rotate(Math.PI / 2);
      pen.drawImage(this.canvas, 0, 0);
      this.canvas.width = turned.width;
      this.canvas.height = turned.height;
      this.canvas.getContext("2d").drawImage(turned, 0, 0);
      this.covers = this.covers.map((cover) => ({ ...cover, x: 1 - cover.y - cover.h, y: cover.x, w: cover.h, h: cover.w }));
      this.past = [];
      this.choose(null);
      this.render();
      this.say("sayTurned");
    }

    zoomTo(level) {
      this.zoom = within(level, 0, ZOOMS.length - 1);
      const middle = (this.view.scrollTop + this.view.clientHeight / 2) / this.stage.offsetHeight;
      this.stage.style.width = `${ZOOMS[this.zoom] * 100}%`;
      this.view.scrollTop = middle * this.stage.offsetHeight - this.view.clientHeight / 2;
      this.find("[data-act=pan]").hidden = this.zoom === 0;
      if (this.zoom === 0) this.pan(false);
      this.say("sayZoom", { percent: ZOOMS[this.zoom] * 100 });
    }

    pan(on) {
      this.view.classList.toggle("panning", on);
      this.find("[data-act=pan]").setAttribute("aria-pressed", String(on));
    }

    choose(cover) {
      this.chosen = cover;
      this.find(".mask-chosen").hidden = !cover;
    }

    /* --- finger, mouse and keys --------------------------------------------------------------------------------- */
    press(event) {
      if (event.button || this.hold) return;
      const element = event.target.closest(".cover");
      if (this.view.classList.contains("panning") && !element) return this.drag(event, this.panning(event));
      event.preventDefault();
      const cover = element && this.covers.find((one) => one.id === Number(element.dataset.id));
      this.choose(cover || null);
      this.render();
      if (element) element.focus({ preventScroll: true });
      this.drag(event, cover ? this.moving(cover, event) : this.drawing(event));
    }

    drag(event, { move, end }) {
      const id = event.pointerId;
      this.hold = id;
      this.stage.setPointerCapture(id);
      const over = (finish) => (happened) => {
        if (happened.pointerId !== id) return;
        this.stage.removeEventListener("pointermove", moved);
        this.stage.removeEventListener("pointerup", up);
        this.stage.removeEventListener("pointercancel", cancel);
        this.hold = null;
        end(happened, finish);
      };
      const moved = (happened) => happened.pointerId === id && move(happened);
      const up = over(true);
      const cancel = over(false);
      this.stage.addEventListener("pointermove", moved);
      this.stage.addEventListener("pointerup", up);
      this.stage.addEventListener("pointercancel", cancel);
    }

    at(event) {
      const place = this.stage.getBoundingClientRect();
      return {
        x: within((event.clientX - place.left) / place.width, 0, 1),
        y: within((event.clientY - place.top) / place.height, 0, 1),
      };
    }

    drawing(event) {
      const from = this.at(event);
      const draft = document.createElement("div");
      draft.className = "draft";
      let box = { x: from.x, y: from.y, w: 0, h: 0 };
      this.stage.append(draft);
      return {
        move: (happened) => {
          const to = this.at(happened);
          box = { x: Math.min(from.x, to.x), y: Math.min(from.y, to.y), w: Math.abs(to.x - from.x), h: Math.abs(to.y - from.y) };
          this.lay(draft, box);
        },
        end: (_happened, finish) => {
          draft.remove();
          if (finish && box.w >= SMALLEST && box.h >= SMALLEST) this.add(box);
        },
      };
    }

    moving(cover, event) {
      const from = this.at(event);
      const before = { x: cover.x, y: cover.y, w: cover.w, h: cover.h };
      const grip = this.gripOf(cover, event);
      const kept = JSON.stringify(this.covers);
      let changed = false;
      return {
        move: (happened) => {
          const to = this.at(happened);
          this.stretch(cover, before, grip, to.x - from.x, to.y - from.y);
          changed = true;
          this.render();
        },
        end: (_happened, finish) => {
          if (!changed) return;
          if (finish) {
            this.past.push(kept);
            this.warned = false;
            this.sayWhere(cover);
          } else {
            this.place(cover, before);
            this.render();
          }
        },
      };
    }

    /* Which corner is held: [-1|0|1, -1|0|1], both 0 for the whole box. */
    gripOf(cover, event) {
      const place = this.element(cover).getBoundingClientRect();
      const reach = Math.min(GRIP, place.width / 3, place.height / 3);
      const side = (at, low, high) => (at - low < reach ? -1 : high - at < reach ? 1 : 0);
      const grip = [side(event.clientX, place.left, place.right), side(event.clientY, place.top, place.bottom)];
      return grip[0] && grip[1] ? grip : [0, 0];
    }

    stretch(cover, before, [across, along], dx, dy) {
      if (!across) return this.place(cover, { ...before, x: before.x + dx, y: before.y + dy });
      const edge = (low, size, way, by) => {
        const end = low + size;
        if (way > 0) return [low, within(size + by, SMALLEST, 1 - low)];
        const start = within(low + by, 0, end - SMALLEST);
        return [start, end - start];
      };
      const [x, w] = edge(before.x, before.w, across, dx);
      const [y, h] = edge(before.y, before.h, along, dy);
      this.place(cover, { x, y, w, h });
    }

    panning(event) {
      let last = event;
      return {
        move: (happened) => {
          if (happened.pointerType === "mouse") {
            this.view.scrollLeft -= happened.clientX - last.clientX;
            this.view.scrollTop -= happened.clientY - last.clientY;
          }
          last = happened;
        },
        end: () => {},
      };
    }

    key(event) {
      const element = event.target.closest(".cover");
      if (!element || event.ctrlKey || event.metaKey || event.altKey) return;
      const arrows = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP] };
      this.choose(this.covers.find((one) => one.id === Number(element.dataset.id)) || null);
      if (arrows[event.key]) {
        const [x, y] = arrows[event.key];
        event.preventDefault();
        if (event.shiftKey) this.nudge(0, 0, x, y);
        else this.nudge(x, y, 0, 0);
      } else if (event.key === "Delete" || event.key === "Backspace") {
        event.preventDefault();
        this.remove();
      }
    }

    /* --- what is seen ------------------------------------------------------------------------------------------- */
    element(cover) {
      return this.stage.querySelector(`.cover[data-id="${cover.id}"]`);
    }

    lay(element, { x, y, w, h }) {
      Object.assign(element.style, {
        left: `${x * 100}%`, top: `${y * 100}%`, width: `${w * 100}%`, height: `${h * 100}%`,
      });
    }

    render() {
      const kept = new Set(this.covers.map((cover) => String(cover.id)));
      for (const element of this.stage.querySelectorAll(".cover")) if (!kept.has(element.dataset.id)) element.remove();
      for (const cover of this.covers) {
        const element = this.element(cover) || this.make(cover);
        element.setAttribute("aria-label", this.nameOf(cover));
        element.classList.toggle("chosen", cover === this.chosen);
        this.lay(element, cover);
      }
      this.find("[data-act=undo]").disabled = !this.past.length;
      this.find("[data-act=clear]").disabled = !this.covers.length;
    }

    make(cover) {
      const element = document.createElement("div");
      element.className = "cover";
      element.dataset.id = cover.id;
      element.tabIndex = 0;
      element.setAttribute("role", "button");
      const name = document.createElement("span");
      name.textContent = cover.what;
      element.append(name);
      element.addEventListener("focus", () => {
        this.choose(this.covers.find((one) => one.id === cover.id) || null);
        for (const other of this.stage.querySelectorAll(".cover")) other.classList.toggle("chosen", other === element);
      });
      this.stage.append(element);
      return element;
    }

    /* --- the end ------------------------------------------------------------------------------------------------ */
    done() {
      if (!this.covers.length && !this.warned) {
        this.warned = true;
        return this.say("sayNothing");
      }
      this.onDone(this);
    }

    /* A new drawing with black boxes, each grown by the trace a JPEG leaves around it. */
    burnt() {
      const { width, height } = this.canvas;
      const canvas = sheet(width, height);
      const pen = canvas.getContext("2d");
      pen.drawImage(this.canvas, 0, 0);
      pen.fillStyle = "#000";
      for (const { x, y, w, h } of this.covers) {
        const left = Math.floor(x * width) - this.trace;
        const top = Math.floor(y * height) - this.trace;
        pen.fillRect(left, top, Math.ceil((x + w) * width) + this.trace - left, Math.ceil((y + h) * height) + this.trace - top);
      }
      return canvas;
    }

    wipe() {
      this.canvas.width = this.canvas.height = 1;
    }
  }

  window.DocumentMask = { Editor, openPicture };
})();
