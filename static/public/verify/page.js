/* The page on which anybody checks a bundle. The chosen file is read here and sent nowhere: there is no form around it.
   First the signature, then every file against the manifest that was signed, as fulfilment/extract/verify.py does. */
(() => {
  "use strict";
  const MANIFEST = "manifest.json", SIGNATURE = "manifest.sig", MOST_MANIFEST = 32 << 20;
  const GENUINE = "genuine", CHANGED = "changed", FOREIGN = "foreign", UNREADABLE = "unreadable";
  const tool = document.getElementById("verify-tool");
  const { Archive, Sha256 } = window;
  if (!Archive || !window.DecompressionStream || !window.crypto?.subtle) return; // the page tells of other ways

  const words = document.getElementById("verify-words").content;
  const said = document.getElementById("verify-said");
  const keys = new Map([...document.querySelectorAll("[data-key]")].map((one) => [one.dataset.key, one.dataset.x]));
  const word = (name) => words.querySelector(`[data-word=${name}]`)?.textContent ?? name;
  let turn = 0;

  async function whole(file, one, most) {
    const parts = [];
    for await (const part of Archive.unpacked(file, one, most)) parts.push(part);
    return new Uint8Array(await new Blob(parts).arrayBuffer());
  }

  /* {verdict, problems: [{code, file}], said: the manifest}. */
  async function check(file, told) {
    let members, written;
    try {
      members = new Map((await Archive.contents(file)).map((one) => [one.name, one]));
    } catch (error) {
      if (!(error instanceof Archive.Refused)) throw error;
      return { verdict: UNREADABLE, problems: [{ code: error.code, file: error.file }] };
    }
    if (!members.has(MANIFEST)) return one(FOREIGN, "no_manifest", MANIFEST);
    let manifest;
    try {
      written = await whole(file, members.get(MANIFEST), MOST_MANIFEST);
      manifest = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(written));
      if (!manifest.files || typeof manifest.files !== "object") throw new TypeError();
    } catch {
      return one(CHANGED, "bad_manifest", MANIFEST);
    }
    const wrong = await unsigned(file, members.get(SIGNATURE), written, manifest.signature?.key);
    if (wrong) return wrong;
    const problems = await differences(file, members, new Map(Object.entries(manifest.files)), told);
    return { verdict: problems.length ? CHANGED : GENUINE, problems, manifest };
  }

  const one = (verdict, code, file) => ({ verdict, problems: [{ code, file }] });

  async function unsigned(file, member, written, id) {
    if (!member) return one(FOREIGN, "no_signature", SIGNATURE);
    if (!keys.has(id)) return one(FOREIGN, "unknown_key", MANIFEST);
    const jwk = { kty: "OKP", crv: "Ed25519", x: keys.get(id) };
    const key = await crypto.subtle.importKey("jwk", jwk, { name: "Ed25519" }, false, ["verify"]);
    const signature = await whole(file, member, 64).catch(() => new Uint8Array());
    const holds = await crypto.subtle.verify({ name: "Ed25519" }, key, signature, written);
    return holds ? null : one(CHANGED, "wrong_signature", MANIFEST);
  }

  async function differences(file, members, listed, told) {
    const problems = [...listed.keys()].filter((name) => !members.has(name)).map((name) => ({ code: "missing", file: name }));
    const all = [...listed.values()].reduce((sum, about) => sum + about.size, 0) || 1;
    let done = 0;
    for (const [name, member] of members) {
      if (name === MANIFEST || name === SIGNATURE) continue;
      const about = listed.get(name);
      const told_ = (size) => told((done + size) / all);
      if (!about) problems.push({ code: "unlisted", file: name });
      else if (!(await isSame(file, member, about, told_))) problems.push({ code: "altered", file: name });
      done += about?.size ?? 0;
    }
    return problems;
  }

  async function isSame(file, member, about, told) {
    if (member.size !== about.size) return false;
    const sum = new Sha256();
    try {
      for await (const part of Archive.unpacked(file, member, about.size)) {
        sum.update(part);
        told(sum.size);
      }
    } catch {
      return false; // damaged on the way, or longer than it says
    }
    return sum.size === about.size && sum.hex() === about.sha256;
  }

  /* --- what is shown ------------------------------------------------------------------------------------------------ */
  function show(result, name) {
    const panel = words.querySelector(`[data-verdict=${result.verdict}]`).cloneNode(true);
    panel.querySelector("[data-slot=name]").textContent = name;
    const list = panel.querySelector("ul");
    for (const { code, file } of result.problems.slice(0, 20)) {
      const line = document.createElement("li");
      if (file) line.append(Object.assign(document.createElement("code"), { textContent: file }), " ");
      line.append(word(code));
      list.append(line);
    }
    if (result.problems.length > 20) list.append(Object.assign(document.createElement("li"), { textContent: "…" }));
    list.hidden = !result.problems.length;
    if (result.manifest) {
      fill(panel, "files", Object.keys(result.manifest.files).length);
      fill(panel, "key", result.manifest.signature.key);
      fill(panel, "content", result.manifest.content);
    }
    said.replaceChildren(panel);
  }

  function fill(panel, slot, text) {
    const place = panel.querySelector(`[data-slot=${slot}]`);
    if (place) place.textContent = text;
  }

  async function chosen(file) {
    const mine = ++turn;
    let last = -1;
    const tell = (part) => {
      const percent = Math.floor(part * 20) * 5;
      if (mine === turn && percent !== last) said.textContent = `${word("reading")} ${(last = percent)} %`;
    };
    tell(0);
    try {
      const result = await check(file, tell);
      if (mine === turn) show(result, file.name);
    } catch {
      if (mine === turn) said.textContent = word("cannot");
    }
  }

  const picker = tool.querySelector("input[type=file]");
  picker.addEventListener("change", () => picker.files[0] && chosen(picker.files[0]));
  tool.hidden = false;
  document.getElementById("verify-without").hidden = true;
})();
