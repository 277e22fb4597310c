// What a sheet is: a draft that grows by taps, what is still missing, its total, and the fixed form that is sent.
// Pure functions of scheme and draft; nothing here knows the page, the store or the network.

import { compare, divide, least, most, onStep, parse, subtract, sum, text, times } from "./exact.js";
import { sha256, uuid4 } from "./digest.js";

export const criteriaOf = (scheme) => scheme.items.flatMap((item) => item.criteria);

export function newDraft(owner, round, stop, from) {
  const blank = { marks: {}, na: {}, abstained: null, deductions: {}, remarks: {}, remark: "" };
  return {
    key: `${owner}|${stop.nomination}`,
    owner,
    nomination: stop.nomination,
    version: round.scheme.version,
    based_on: null,
    started_at: stamp(new Date()),
    stamp: 0,
    place: placeOf(round, stop),
    ...blank,
    ...(from || {}),
  };
}

export const placeOf = (round, stop) => ({
  organization: stop.organization,
  township: stop.township,
  round: round.id,
  round_title: round.title,
});

// What a sent sheet (of the server or of this phone) says, as the content of a new draft.
export function contentOf(marks, details) {
  const kept = {};
  Object.keys(marks).forEach((key) => { if (marks[key] !== null) kept[key] = marks[key]; });
  const facts = details || {};
  return {
    marks: kept,
    na: { ...(facts.not_applicable || {}) },
    abstained: facts.abstained ? facts.abstained : null,
    deductions: { ...(facts.deductions || {}) },
    remarks: { ...(facts.remarks || {}) },
    remark: facts.remark || "",
  };
}

// Marks of another version of the scheme stay where they are still allowed; answers whether any had to go.
export function fitToScheme(draft, scheme) {
  let lost = draft.version !== scheme.version;
  const known = new Map(criteriaOf(scheme).map((each) => [each.key, each]));
  Object.keys(draft.marks).forEach((key) => {
    const criterion = known.get(key);
    if (criterion && isAllowed(criterion, draft.marks[key])) return;
    delete draft.marks[key];
    lost = true;
  });
  draft.version = scheme.version;
  return lost;
}

// --- one criterion -------------------------------------------------------------------------------

export const lowestOf = (criterion) => criterion.min || (criterion.marks && criterion.marks.length ? criterion.marks[0] : "0");

// The allowed text that means the same number, or null: what is written is compared as numbers, sent as the scheme says.
export function allowedText(criterion, written) {
  const mark = parse(written);
  if (!mark) return null;
  const listed = criterion.options && criterion.options.length ? criterion.options.map((o) => o.mark) : criterion.marks;
  if (listed) return listed.find((each) => compare(parse(each), mark) === 0) || null;
  const full = parse(criterion.max);
  const inside = compare(mark, parse(lowestOf(criterion))) >= 0 && compare(mark, full) <= 0;
  return inside && onStep(mark, full, parse(criterion.step)) ? text(mark) : null;
}

export const isAllowed = (criterion, written) => allowedText(criterion, written) !== null;

// What one line of deductions takes off: times x points, at most what the scheme says for it.
export function lineCost(line, limit) {
  const cost = times(parse(line.each), line.times);
  return text(limit ? least(cost, parse(limit)) : cost);
}

// Full marks less every line, never below the lowest mark.
export function deductedMark(criterion, lines) {
  const left = lines.reduce((mark, line) => subtract(mark, parse(line.points)), parse(criterion.max));
  return text(most(left, parse(lowestOf(criterion))));
}

// --- the whole sheet -----------------------------------------------------------------------------

export const isAnswered = (draft, key) => draft.marks[key] !== undefined || draft.na[key] !== undefined;

export function missing(draft, scheme) {
  if (draft.abstained !== null) return draft.abstained.trim() ? [] : ["abstained"];
  return criteriaOf(scheme).filter((each) => !isAnswered(draft, each.key) || blankReason(draft, each.key)).map((e) => e.key);
}

const blankReason = (draft, key) => draft.na[key] !== undefined && !draft.na[key].trim();

// The sum as text, or null while nothing is scored: nothing is not zero.
export function total(draft, criteria) {
  const given = criteria.map((each) => draft.marks[each.key]).filter((mark) => mark !== undefined);
  return given.length ? text(sum(given)) : null;
}

function details(draft, signature, signedName) {
  const abstained = draft.abstained !== null;
  const deductions = {};
  Object.keys(draft.deductions).forEach((key) => {
    const lines = draft.deductions[key];
    if (!lines.length || abstained) return;
    deductions[key] = lines.map(({ name, times: count, points, reason }) => ({ name, times: count, points, reason }));
  });
  return {
    abstained: abstained ? draft.abstained.trim() : "",
    not_applicable: abstained ? {} : draft.na,
    deductions,
    remarks: draft.remarks,
    remark: draft.remark,
    signature,
    signed_name: signedName,
  };
}

// Keys sorted, no spaces: the text itself is what both sides hash and the server reads.
export function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const pairs = Object.keys(value).sort().map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`);
  return `{${pairs.join(",")}}`;
}

export function contentHash(sheet) {
  const lines = sheet.order.map((key) => `${key}=${sheet.marks[key] === null ? "" : sheet.marks[key]}\n`);
  const head = [sheet.nomination, sheet.scheme_version, sheet.based_on || "0", ""].join("\n");
  return sha256(head + lines.join("") + sheet.details_text);
}

// The fixed form of a draft: one id for ever, marks in the order of the scheme, the hash that the server must repeat.
export function freeze(draft, scheme, signature, signedName) {
  const marks = {};
  criteriaOf(scheme).forEach(({ key }) => {
    const given = draft.abstained === null && draft.na[key] === undefined ? draft.marks[key] : null;
    marks[key] = given === undefined ? null : given;
  });
  const id = uuid4();
  const sheet = {
    key: `${draft.owner}|${id}`,
    owner: draft.owner,
    uuid: id,
    nomination: draft.nomination,
    scheme_version: draft.version,
    based_on: draft.based_on,
    started_at: draft.started_at,
    client_time: stamp(new Date()),
    order: criteriaOf(scheme).map((each) => each.key),
    marks,
    details_text: canonical(details(draft, signature, signedName)),
    total: draft.abstained === null ? total(draft, criteriaOf(scheme)) : null,
    place: draft.place,
    state: "waiting",
    attempts: 0,
    verdict: null,
  };
  sheet.hash = contentHash(sheet);
  return sheet;
}

// What goes over the line and into the file: the sheet without what only this phone needs.
export function outgoing(sheet) {
  const { uuid, nomination, scheme_version, based_on, device_sequence, client_time, started_at, marks, details_text } = sheet;
  return { uuid, nomination, scheme_version, based_on, device_sequence, client_time, started_at, marks, details_text };
}

export function thaw(sheet) {
  const content = contentOf(sheet.marks, JSON.parse(sheet.details_text));
  Object.keys(content.deductions).forEach((key) => {
    content.deductions[key] = content.deductions[key].map((line) => ({ ...line, each: eachOf(line) }));
  });
  return {
    key: `${sheet.owner}|${sheet.nomination}`,
    owner: sheet.owner,
    nomination: sheet.nomination,
    version: sheet.scheme_version,
    based_on: sheet.based_on,
    started_at: sheet.started_at,
    stamp: 0,
    place: sheet.place,
    ...content,
  };
}

// The points of one time, where a line kept only the sum of its times.
export function eachOf(line) {
  if (line.each) return line.each;
  return text(divide(parse(line.points), line.times || 1));
}

// ISO with this phone's offset.
export function stamp(date) {
  const two = (n) => String(Math.abs(n)).padStart(2, "0");
  const offset = -date.getTimezoneOffset();
  const local = new Date(date.getTime() + offset * 60000).toISOString().slice(0, 23);
  return `${local}${offset < 0 ? "-" : "+"}${two(Math.trunc(offset / 60))}:${two(offset % 60)}`;
}
