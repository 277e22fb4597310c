// The sheet being filled in: one draft, kept on the phone after every tap; where to go next; handing it in.

import { app, changed, sentOf } from "./state.js";
import { dialog, h, say } from "./dom.js";
import { header, notices, pills, strip } from "./frame.js";
import { criteriaOf, fitToScheme, freeze, isAnswered, missing, newDraft, total } from "./sheet.js";
import { Changed, dropDraft, queueSheet, saveDraft } from "./store.js";
import { criterionBox } from "./criterion.js";
import { askSignature } from "./sign.js";
import { photoStrip } from "./photos.js";
import { flush } from "./sync.js";

const NUMERALS = "一二三四五六七八九十";
const calm = () => window.matchMedia("(prefers-reduced-motion: reduce)").matches;

export class Scoring {
  constructor(round, stop, from) {
    this.round = round;
    this.stop = stop;
    this.criteria = criteriaOf(round.scheme);
    this.draft = JSON.parse(JSON.stringify(app.drafts.get(stop.nomination) || newDraft(app.owner, round, stop, from)));
    this.moved = fitToScheme(this.draft, round.scheme);
    this.saving = null;
    this.dirty = false;
    this.kept = this.draft.stamp ? "已存" : "";
    this.boxes = this.criteria.map((each, i) => criterionBox(each, i + 1, this));
    this.photos = photoStrip(this, "");
  }

  // --- changing ------------------------------------------------------------------------------------

  give(key, mark, byFinger) {
    this.edit((draft) => {
      if (mark === null) delete draft.marks[key];
      else draft.marks[key] = mark;
      if (mark === null) delete draft.deductions[key];
      delete draft.na[key];
    });
    if (byFinger && mark !== null) this.onward(key);
  }

  // ``quiet`` while a text is being typed: kept as well, but nothing is drawn under the cursor.
  edit(change, quiet) {
    change(this.draft);
    if (quiet) this.refreshBar();
    else this.refresh();
    this.touch();
  }

  touch() {
    this.dirty = true;
    if (!this.saving) this.saving = this.keep().finally(() => { this.saving = null; });
    return this.saving;
  }

  // Every state that was shown is written and read back, one after the other.
  async keep() {
    this.tellKept("保存中");
    try {
      while (this.dirty) {
        this.dirty = false;
        this.draft.stamp = await saveDraft(JSON.parse(JSON.stringify(this.draft)));
        app.drafts.set(this.stop.nomination, this.draft);
      }
      this.tellKept("已存");
    } catch (error) {
      await this.unkept(error);
    }
  }

  async unkept(error) {
    if (error instanceof Changed) {
      say("这份评分在另一个页面改过，已换成那边的内容，请核对。", "bad");
      await changed();
      window.dispatchEvent(new HashChangeEvent("hashchange"));
      return;
    }
    this.tellKept("未存上");
    say("本机没有存上，请不要离开本页；空出一些存储后再点一次打分。", "bad");
  }

  tellKept(word) {
    this.kept = word;
    if (this.bar) this.refreshBar();
  }

  async leave() {
    if (this.saving) await this.saving;
    await changed();
  }

  // --- showing -------------------------------------------------------------------------------------

  page() {
    this.bar = h("div", { class: "sb", role: "region", "aria-label": "合计与提交" });
    this.tabs = h("nav", { class: `jp n${Math.min(this.round.scheme.items.length, 6)}`, "aria-label": "各项" });
    this.abstention = h("section", { class: "ab", "aria-label": "弃权" });
    let number = 0;
    this.sections = this.round.scheme.items.map((item, i) => {
      const boxes = item.criteria.map(() => { number += 1; return this.boxes[number - 1]; });
      return { item, boxes, ...this.section(item, i, boxes) };
    });
    const small = [this.stop.township, this.stop.tier].filter(Boolean).join(" · ");
    const elements = [
      h("header", { class: "hd" }, strip(), header(this.stop.organization, small, "#/"), this.tabs),
      h("main", { id: "main", class: "sheet" }, h("div", { id: "notices" }, notices()), this.remarks(),
        this.sections.map((each) => each.element), this.foot()),
      this.bar,
    ];
    this.refresh();
    return elements;
  }

  onState() {
    const place = document.getElementById("pills");
    if (place) pills(place);
    document.getElementById("notices")?.replaceChildren(...notices());
  }

  section(item, i, boxes) {
    const count = h("span", { class: "ic" });
    const sum = h("span", { class: "is" });
    const head = h("div", { class: "ih" }, h("h2", { id: `i-${i}`, tabindex: "-1" },
      h("span", {}, NUMERALS[i] || String(i + 1)), item.name), count, sum);
    const element = h("section", { "aria-labelledby": `i-${i}`, id: `item-${i}` }, head, boxes.map((each) => each.element));
    return { element, count, sum, index: i };
  }

  // What is special about this place or this sheet, before the first criterion.
  remarks() {
    const words = [];
    if (this.draft.based_on) words.push(`修改第 ${this.draft.based_on} 次送达的评分单，提交后替换原来的。`);
    if (!this.draft.based_on && sentOf(this.stop)) words.push("另一台设备已送达这一站的评分单。再提交这一份，两份都保留，由组织部核对。");
    if (!this.round.open) words.push("这一轮已不收评分单，交上去先由组织部核对。");
    if (this.moved) words.push("办法换了版本，分值对不上的已撤回，请逐条核对。");
    if (this.round.counts === false) words.push("您是观察或见习评委，所评照收，不计入结果。");
    const self = this.stop.self && this.stop.self.statement;
    return [
      words.map((each) => h("p", { class: "wn" }, each)),
      self ? h("details", { class: "sf" }, h("summary", {}, "自评说明"), h("p", {}, self)) : null,
    ];
  }

  foot() {
    const drop = h("button", { type: "button", class: "btn", onclick: () => this.askDrop() }, "删除这份草稿");
    return h("div", { class: "ft" }, h("h2", {}, "整体"), this.photos.element, this.round.scheme.abstention ? this.abstention : null, drop);
  }

  refresh() {
    this.boxes.forEach((each) => each.update());
    this.sections.forEach((each) => this.refreshSection(each));
    this.tabs.replaceChildren(...this.sections.map((each) => this.tabOf(each)));
    if (this.round.scheme.abstention) this.refreshAbstention();
    this.photos.update();
    const next = this.blank();
    this.boxes.forEach((each) => each.element.classList.toggle("cur", Boolean(next) && each.key === next.key));
    this.refreshBar();
  }

  answered(boxes) {
    return boxes.filter((each) => isAnswered(this.draft, each.key)).length;
  }

  refreshSection({ item, boxes, count, sum }) {
    count.textContent = `${this.answered(boxes)}/${boxes.length} 条`;
    const subtotal = total(this.draft, item.criteria);
    sum.replaceChildren(h("b", {}, subtotal === null ? "—" : subtotal), ` / ${item.full}`);
  }

  tabOf({ item, boxes, index }) {
    const done = this.answered(boxes);
    const next = this.blank();
    const current = next ? boxes.some((each) => each.key === next.key) : false;
    const name = done === boxes.length ? "d" : current ? "c" : "";
    return h("a", { href: location.hash, id: `t-${index}`, class: name, "aria-current": current ? "true" : null,
      "aria-label": `${item.name} ${done}/${boxes.length}`, onclick: (event) => {
        event.preventDefault();
        this.goTo(document.getElementById(`item-${index}`));
        document.getElementById(`i-${index}`).focus({ preventScroll: true });
      } }, h("span", {}, item.name), h("i", {}, `${done}/${boxes.length}`));
  }

  refreshAbstention() {
    const given = this.draft.abstained;
    if (this.abstention.contains(document.activeElement) && given !== null && this.abstaining) return;
    this.abstaining = given !== null;
    if (given === null) {
      this.abstention.replaceChildren(h("button", { type: "button", class: "btn", onclick: () => this.edit((draft) => { draft.abstained = ""; }) }, "这一站弃权"));
      return;
    }
    const reason = h("input", { type: "text", class: "wide", id: "abstain", maxlength: "200", value: given, placeholder: "弃权的理由（必填）",
      "aria-label": "弃权的理由", oninput: () => this.edit((draft) => { draft.abstained = reason.value; }) });
    const back = h("button", { type: "button", class: "btn", onclick: () => {
      back.blur();
      this.abstaining = false;
      this.edit((draft) => { draft.abstained = null; });
    } }, "不弃权，照常评分");
    this.abstention.replaceChildren(h("p", { class: "wn" }, "已选弃权：所评各条不上报，只报理由。"), reason, back);
  }

  refreshBar() {
    const all = this.draft.abstained === null ? total(this.draft, this.criteria) : null;
    const done = this.answered(this.boxes);
    const left = missing(this.draft, this.round.scheme).length;
    const next = this.blank();
    const words = this.draft.abstained === null ? `已评 ${done} / ${this.boxes.length}` : "弃权";
    const onward = next ? h("button", { type: "button", id: "onward", onclick: () => this.goToBox(next) }, "下一条未评",
      h("small", {}, `第 ${this.boxes.indexOf(next) + 1} 条`)) : null;
    const submit = h("button", { type: "button", id: "submit", class: left ? "sub_" : "", onclick: () => this.submit() }, "签名提交",
      left ? h("small", {}, this.draft.abstained === null ? `还差 ${left} 条` : "还差理由") : null);
    const focused = this.bar.contains(document.activeElement) ? document.activeElement.id : "";
    this.bar.replaceChildren(...[
      h("div", { class: "tt" }, h("span", {}, "合计"), h("b", { id: "total" }, all === null ? "—" : all),
        h("span", { id: "kept" }, words, this.kept ? ` · ${this.kept}` : "")),
      onward, submit].filter(Boolean));
    if (focused) (document.getElementById(focused) || submit).focus({ preventScroll: true });
  }

  // --- moving --------------------------------------------------------------------------------------

  blank() {
    return this.draft.abstained !== null ? null : this.boxes.find((each) => !isAnswered(this.draft, each.key)) || null;
  }

  // The next blank below the one just given; nothing moves when there is none.
  onward(key) {
    const from = this.boxes.findIndex((each) => each.key === key);
    const next = this.boxes.slice(from + 1).find((each) => !isAnswered(this.draft, each.key));
    if (next) this.goTo(next.element);
  }

  goTo(element) {
    element.scrollIntoView({ block: "start", behavior: calm() ? "auto" : "smooth" });
  }

  goToBox(box) {
    this.goTo(box.element);
    const first = box.element.querySelector(".ks input, .ks button, .nk input, .dk button");
    if (first) first.focus({ preventScroll: true });
  }

  // --- handing in ----------------------------------------------------------------------------------

  async submit() {
    const left = missing(this.draft, this.round.scheme);
    if (left.length) {
      this.sayMissing(left);
      return;
    }
    await this.touch();
    const score = total(this.draft, this.criteria);
    const words = this.draft.abstained === null ? ["合计 ", h("b", {}, score === null ? "—" : score), ` 分，共 ${this.boxes.length} 条`] : `弃权：${this.draft.abstained}`;
    askSignature({
      summary: h("p", {}, h("b", {}, this.stop.organization), h("br", {}), words),
      name: app.day.inspector.name,
      remark: this.draft.remark,
      onremark: (remark) => this.edit((draft) => { draft.remark = remark; }, true),
      photos: null,
      hand: (signature, name, remark) => this.hand(signature, name, remark),
    });
  }

  sayMissing(left) {
    if (this.draft.abstained !== null) {
      say("请写弃权的理由。", "bad");
      document.getElementById("abstain")?.focus();
      return;
    }
    const numbers = left.map((key) => this.boxes.findIndex((each) => each.key === key) + 1);
    const shown = numbers.slice(0, 5).join("、") + (numbers.length > 5 ? " 等" : "");
    say(`还差 ${left.length} 条：第 ${shown} 条。`, "bad");
    this.goToBox(this.boxes[numbers[0] - 1]);
  }

  async hand(signature, name, remark) {
    this.draft.remark = remark;
    if (this.saving) await this.saving;
    try {
      await queueSheet(this.draft, freeze(this.draft, this.round.scheme, signature, name));
    } catch (error) {
      await this.unkept(error);
      return error instanceof Changed;
    }
    this.saving = null;
    await changed();
    location.hash = "#/";
    say(`${this.stop.organization}已存本机，有信号自动上传。`, "ok");
    flush();
    return true;
  }

  askDrop() {
    dialog("删除草稿", (close) => [
      h("p", {}, `${this.stop.organization}已评 ${this.answered(this.boxes)} 条，删除后不能找回。`),
      h("button", { type: "button", class: "btn bad wide", onclick: async () => {
        if (this.saving) await this.saving;
        await dropDraft(this.draft.key);
        await changed();
        close();
        location.hash = "#/";
      } }, "删除"),
    ]);
  }
}
