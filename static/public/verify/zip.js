/* A ZIP read where it lies, as fulfilment/extract/opened.py reads it: only the plain shape our own archives have, so that
   names, sizes and places can be believed. Nothing is unpacked but in pieces that are looked at and dropped. */
(() => {
  "use strict";
  const MOST_CONTENTS = 8 << 20;
  const STORED = 0, DEFLATED = 8, ENCRYPTED = 1, SIZES_AFTER = 8;
  const END = 0x06054b50, END_64 = 0x06064b50, FOUND_64 = 0x07064b50, MEMBER = 0x02014b50, LOCAL = 0x04034b50, AFTER = 0x08074b50;

  class Refused extends Error {
    constructor(code, name = "") {
      super(code);
      this.code = code;
      this.file = name;
    }
  }

  async function view(file, from, size) {
    const part = await file.slice(from, from + size).arrayBuffer();
    if (part.byteLength < size) throw new Refused("not_a_zip");
    return new DataView(part);
  }

  const u16 = (data, at) => data.getUint16(at, true);
  const u32 = (data, at) => data.getUint32(at, true);
  const u64 = (data, at) => Number(data.getBigUint64(at, true));

  /* The members in the order they lie in: [{name, method, flags, packed, size, at}]. Refused where anything is odd. */
  async function contents(file) {
    const { start, size } = await end(file);
    const table = await view(file, start, size);
    const members = [];
    for (let at = 0; at < size; ) {
      if (at + 46 > size || u32(table, at) !== MEMBER) throw new Refused("not_a_zip");
      const [name, extra, comment] = [28, 30, 32].map((place) => u16(table, at + place));
      const next = at + 46 + name + extra + comment;
      if (next > size) throw new Refused("not_a_zip");
      members.push(member(table, at, name, extra));
      at = next;
    }
    named(members);
    await tiled(file, members, start);
    return members;
  }

  async function end(file) {
    const most = Math.min(98, file.size);
    const tail = await view(file, file.size - most, most);
    const at = most - 22;
    if (at < 0 || u32(tail, at) !== END || u16(tail, at + 20)) {
      const begins = file.size < 4 ? 0 : u32(await view(file, 0, 4), 0);
      throw new Refused(begins === LOCAL ? "cut_off" : "not_a_zip");
    }
    let size = u32(tail, at + 12), stop = file.size - 22;
    if (at >= 20 && u32(tail, at - 20) === FOUND_64) {
      if (most < 98 || u32(tail, 0) !== END_64) throw new Refused("not_a_zip");
      size = u64(tail, 40);
      stop = file.size - 98;
    }
    if (size > MOST_CONTENTS) throw new Refused("too_many_files");
    if (size > stop) throw new Refused("not_a_zip");
    return { start: stop - size, size };
  }

  function member(table, at, nameSize, extraSize) {
    const found = {
      flags: u16(table, at + 8), method: u16(table, at + 10), packed: u32(table, at + 20), size: u32(table, at + 24), at: u32(table, at + 42),
    };
    try {
      found.name = new TextDecoder("utf-8", { fatal: true }).decode(new Uint8Array(table.buffer, at + 46, nameSize));
    } catch {
      throw new Refused("unsafe_name");
    }
    const stop = at + 46 + nameSize + extraSize;
    for (let place = at + 46 + nameSize; place + 4 <= stop; place += 4 + u16(table, place + 2)) {
      if (u16(table, place) !== 1) continue;
      let value = place + 4;
      for (const field of ["size", "packed", "at"]) {
        if (found[field] !== 0xffffffff) continue;
        if (value + 8 > Math.min(stop, place + 4 + u16(table, place + 2))) throw new Refused("not_a_zip");
        found[field] = u64(table, value);
        value += 8;
      }
    }
    return found;
  }

  function named(members) {
    const seen = new Set();
    for (const { name } of members) {
      if (/[\0-\x1f\x7f\\:]/.test(name) || name.split("/").some((part) => ["", ".", ".."].includes(part))) throw new Refused("unsafe_name", name);
      if (seen.has(name)) throw new Refused("duplicate_name", name);
      seen.add(name);
    }
  }

  async function tiled(file, members, start) {
    members.sort((one, other) => one.at - other.at);
    let at = 0;
    for (const one of members) {
      if (one.flags & ENCRYPTED) throw new Refused("encrypted");
      if (one.method !== STORED && one.method !== DEFLATED) throw new Refused("method", one.name);
      if (one.at !== at) throw new Refused(one.at < at ? "overlapping" : "hidden_bytes", one.name);
      const head = await view(file, at, 30);
      if (u32(head, 0) !== LOCAL) throw new Refused("not_a_zip");
      const size = u16(head, 26);
      const name = new TextDecoder().decode(await view(file, at + 30, size));
      if (name !== one.name) throw new Refused("unsafe_name", one.name);
      one.from = at + 30 + size + u16(head, 28);
      at = one.from + one.packed;
      if (one.flags & SIZES_AFTER) at += await described(file, at);
    }
    if (at !== start) throw new Refused(at > start ? "overlapping" : "hidden_bytes");
  }

  async function described(file, at) {
    const found = await view(file, at, 28);
    const signed = u32(found, 0) === AFTER ? 4 : 0;
    for (const size of [signed + 20, signed + 12]) {
      if ([LOCAL, MEMBER].includes(u32(found, size))) return size;
    }
    throw new Refused("hidden_bytes");
  }

  /* The bytes of a member, in pieces, and never more than `most`; throws where they are not what was packed. */
  async function* unpacked(file, one, most) {
    const packed = file.slice(one.from, one.from + one.packed).stream();
    const reader = (one.method === STORED ? packed : packed.pipeThrough(new DecompressionStream("deflate-raw"))).getReader();
    let left = most;
    try {
      for (let part = await reader.read(); !part.done; part = await reader.read()) {
        left -= part.value.length;
        if (left < 0) throw new Refused("altered", one.name);
        yield part.value;
      }
    } finally {
      reader.cancel().catch(() => {});
    }
  }

  window.Archive = { Refused, contents, unpacked };
})();
