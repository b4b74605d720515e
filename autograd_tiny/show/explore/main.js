/**
 * A graph whose leaves have sliders. start() makes the page from its data, which explorer.py writes:
 *
 * - digits: the significant digits of numbers
 * - nodes: see graph.js
 * - start: the numbers of the leaves
 * - sliders: those of leaves with a box, {node, range}; a range is {low, high, step} or null
 * - inside: those of leaves in folded modules, {title, sliders}
 * - folds: modules that are one box, see picture.js
 */
import { countPaths } from "../explanation/paths.js";
import { NumberControl } from "../page/controls.js";
import { button, element, find, write } from "../page/elements.js";
import { LONGEST, forget, keep, linkTo, read, refusal, written } from "../page/fragment.js";
import { isFramed, listen, report, savedState } from "../page/host.js";
import { exact, readable, typed } from "../page/numbers.js";
import { themeButton } from "../page/theme.js";
import { Graph } from "./graph.js";
import { Panel } from "./panel.js";
import { Picture } from "./picture.js";

const VERSION = "explore1"; // of links
const CHOSEN = ""; // the key of the chosen node in a link: no leaf is called so

export function start(data) {
  new Explorer(data).show();
}

class Explorer {
  constructor(data) {
    this.digits = data.digits;
    this.graph = new Graph(data);
    this.numbers = new Map(this.graph.leaves.map((leaf, k) => [leaf, data.start[k]]));
    this.first = new Map(this.numbers);
    this.state = this.graph.at(this.numbers);
    this.picture = new Picture(this.graph, data, (node) => {
      this.choose(node);
      this.commit();
    });
    this.panel = new Panel(find("panel"), find("figure"), this.graph, this.digits);
    this.controls = new Map();
    find("leaves").append(
      ...data.sliders.map((slider) => this.addControl(slider)),
      ...data.inside.map(({ title, sliders }) => {
        const controls = sliders.map((slider) => this.addControl(slider, true));
        return element(
          "details", {}, element("summary", {}, title), element("div", { class: "inside" }, ...controls),
        );
      }),
    );
    this.chosen = this.firstChoice();
    this.addButtons();
    this.follow();
  }

  /** The first leaf where gradients of several paths meet; else the first that has a gradient, or the output. */
  firstChoice() {
    const leaves = [...this.controls.keys()].filter((leaf) => leaf.isDifferentiated);
    const paths = countPaths(this.graph.nodes);
    return leaves.find((leaf) => paths.get(leaf) > 1n) ?? leaves[0] ?? this.graph.output;
  }

  /** The control of a leaf. One that has no box to click on is chosen by its name. */
  addControl({ node, range }, isInside = false) {
    const leaf = this.graph.nodes[node];
    const control = new NumberControl({
      name: leaf.name, value: this.numbers.get(leaf), range: range ?? undefined,
      onChange: (x) => this.move(new Map([[leaf, x]])),
      onCommit: () => {
        this.show(); // along the range of the slider, which may be another one
        this.commit();
      },
      onRefusal: (text) => this.say(text),
    });
    const choose = () => {
      this.choose(leaf);
      this.commit();
    };
    const said = { "aria-label": `${leaf.name}: its gradient` };
    if (isInside) control.label.replaceChildren(button(leaf.name, choose, said));
    this.controls.set(leaf, control);
    return control.element;
  }

  addButtons() {
    const copy = button("Copy link", () => this.copyLink());
    copy.hidden = isFramed();
    find("buttons").append(button("Reset", () => this.reset()), copy, themeButton());
  }

  // ---- changes

  /** Gives leaves other numbers. If the graph can't be computed there, it says so, and all stays as it was. */
  move(changes) {
    const numbers = new Map([...this.numbers, ...changes]);
    try {
      this.state = this.graph.at(numbers);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      for (const leaf of changes.keys()) this.controls.get(leaf).value = this.numbers.get(leaf);
      this.say(`${[...changes.keys()].map((leaf) => leaf.name).join(", ")}: ${error.message}`);
      return;
    }
    this.numbers = numbers;
    this.say("");
    for (const [leaf, x] of changes) this.controls.get(leaf).value = x;
    this.show();
  }

  choose(node) {
    this.chosen = node;
    this.show();
  }

  reset() {
    for (const control of this.controls.values()) control.reset();
    this.move(new Map([...this.controls.keys()].map((leaf) => [leaf, this.first.get(leaf)])));
    this.commit();
  }

  show() {
    const { graph, state, chosen } = this;
    this.picture.update(state);
    this.picture.choose(chosen);
    this.panel.update(chosen, state, (node) => this.controls.get(node)?.range);
    write(find("now"), `${graph.output.name} = ${readable(state.values[graph.output.index], this.digits)}`);
    report(JSON.stringify({ values: this.texts(this.numbers), chosen: chosen.name }));
  }

  say(text) {
    write(find("message"), text);
  }

  // ---- the state in links and in notebooks

  /** Numbers of the leaves, by name, as texts: JSON has none that are not finite. */
  texts(numbers) {
    return Object.fromEntries([...this.controls.keys()].map((leaf) => [leaf.name, exact(numbers.get(leaf))]));
  }

  link() {
    const moved = [...this.controls.keys()].filter((leaf) => !Object.is(this.numbers.get(leaf), this.first.get(leaf)));
    const numbers = moved.map((leaf) => [leaf.name, exact(this.numbers.get(leaf))]);
    return { ...Object.fromEntries(numbers), [CHOSEN]: this.chosen.name };
  }

  commit() {
    if (isFramed()) return;
    if (this.isLinkable()) keep(VERSION, this.link());
    else forget();
  }

  isLinkable() {
    return written(VERSION, this.link()).length <= LONGEST;
  }

  async copyLink() {
    this.commit();
    if (!this.isLinkable()) {
      this.say("Too many numbers were changed for a link.");
      return;
    }
    try {
      await navigator.clipboard.writeText(linkTo(VERSION, this.link()));
      this.say("The link is copied.");
    } catch {
      this.say("The link is in the address bar.");
    }
  }

  /** Follows the link by which the page was opened, later ones, and what a notebook sets. */
  follow() {
    const followLink = () => {
      try {
        const given = read(VERSION);
        if (given) this.restore({ ...this.texts(this.first), ...given }, given[CHOSEN]);
      } catch (error) {
        this.say(refusal(error, "The numbers stay as they are."));
      }
    };
    const followState = (text) => {
      try {
        const { values, chosen } = JSON.parse(text);
        this.restore(values, chosen);
      } catch (error) {
        this.say(error.message);
        this.show(); // which tells the notebook how it is
      }
    };
    if (savedState()) followState(savedState());
    if (!isFramed()) followLink();
    addEventListener("hashchange", followLink);
    listen(followState);
  }

  /** Numbers by the names of leaves, as texts, and the name of a node. Error for names and numbers that are none. */
  restore(texts, chosen) {
    const byName = new Map([...this.controls.keys()].map((leaf) => [leaf.name, leaf]));
    const changes = new Map();
    for (const [name, text] of Object.entries(texts)) {
      if (name === CHOSEN) continue;
      if (!byName.has(name)) throw new Error(`there is no leaf ${JSON.stringify(name)} here`);
      const x = numberIn(text);
      if (x === null) throw new Error(`${name}: ${JSON.stringify(text)} is not a number`);
      changes.set(byName.get(name), x);
    }
    const canBeChosen = (each) => this.controls.has(each) || find(`n${each.index}`);
    const node = this.graph.nodes.find((each) => each.name === chosen && canBeChosen(each));
    if (node) this.chosen = node;
    this.move(changes);
  }
}

/** A number as exact() writes it; null for another text. */
function numberIn(text) {
  if (["NaN", "Infinity", "-Infinity"].includes(text)) return Number(text);
  const x = typed(String(text));
  return Number.isNaN(x) ? null : x;
}
