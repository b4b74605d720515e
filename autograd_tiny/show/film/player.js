"use strict";
(() => {
  const steps = film.steps;
  const last = steps.length - 1;
  const quiet = matchMedia("(prefers-reduced-motion: reduce)");
  const find = (id) => document.getElementById(id);
  const stage = find("stage"), picture = stage.querySelector("svg");
  const slider = find("slider"), speed = find("speed"), root = document.documentElement;
  const phases = { start: "Start", forward: "Forward", backward: "Backward", update: "Update", end: "End" };
  let at = -1, timer = 0;

  // ---- the slots: where numbers stand in the picture and in the table

  const boxText = { v: film.colours.value, g: film.colours.gradient };
  const slots = new Map();
  const cells = new Map([...document.querySelectorAll("td[data-slot]")].map((cell) => [cell.dataset.slot, cell]));

  function placesOf(slot) {
    const module = /^(m\d+)([vg])$/.exec(slot), fill = boxText[module ? module[2] : slot[0]];
    const box = find(module ? module[1] : fill ? `n${slot.slice(1)}` : slot);
    const inBox = box ? [...box.querySelectorAll("text")] : [];
    const texts = inBox.filter((text) => !fill || text.getAttribute("fill") === fill);
    return cells.has(slot) ? [...texts, cells.get(slot)] : texts;
  }

  for (const slot of film.slots) {
    const places = placesOf(slot);
    slots.set(slot, { places, drawn: places.map((place) => place.textContent) });
  }

  // a number that is wider than the room its box has for it is written smaller
  function fit(text) {
    const box = text.closest("g.node"), outline = box && box.querySelector("path, polygon, ellipse");
    const margin = { n: 8, m: 8, c: 3, d: -4 }[box?.id[0]];     // a local gradient has no frame around it
    const room = outline ? outline.getBBox().width - margin : 0, width = text.getComputedTextLength();
    if (room > 0 && width > room) {
      text.style.fontSize = `${(parseFloat(text.getAttribute("font-size")) * room) / width}px`;
    }
  }

  // what all slots hold after step k: each step says what it changes
  function stateAt(k) {
    const state = new Map();
    for (let i = 0; i <= k; i++) {
      for (const [slot, text, number] of steps[i].shows) state.set(slot, [text, number]);
    }
    return state;
  }

  function fill(state) {
    const fresh = [];
    for (const [slot, known] of slots) {
      const [text, number] = state.get(slot) ?? [null, null];
      if (known.text === text && known.number === number) continue;
      known.text = text;
      known.number = number;
      known.places.forEach((place, i) => {
        place.textContent = text ?? "";
        if (number === null) delete place.dataset.exact;
        else place.dataset.exact = String(number);
        if (!place.namespaceURI.endsWith("svg")) return;
        if (text !== null) fresh.push([place, text === known.drawn[i]]);
        else if (slot[0] === "d") place.textContent = "∂";      // the place is kept on the edge
        place.classList.toggle("later", text === null);
      });
    }
    for (const [place] of fresh) place.style.fontSize = "";
    for (const [place, asDrawn] of fresh) if (!asDrawn) fit(place);
    return fresh.map(([place]) => place);
  }

  // ---- light

  // edges at folded modules have no number in the film: they light up with what they join
  const joints = [...picture.querySelectorAll('g.edge[id^="x"]')].map((edge) => {
    const { from: source, to: target } = edge.dataset;
    return { edge, source, target };
  });
  for (const joint of joints) {
    if (joint.target[0] === "x") joint.target = joints.find((next) => next.source === joint.target).target;
  }
  for (const joint of joints) {
    if (joint.source[0] === "x") {
      joint.source = joints.find(({ edge }) => edge.id === `${joint.source}a`).source;
    }
  }

  function light(step) {
    for (const element of document.querySelectorAll(".lit, .near")) element.classList.remove("lit", "near");
    for (const [name, ids] of [["near", step.near], ["lit", step.lit]]) {
      for (const id of ids) {
        find(id)?.classList.add(name);
        find(`row-${id}`)?.classList.add(name);
      }
    }
    const taking = new Set([...step.lit, ...step.near]);
    for (const { edge, source, target } of joints) {
      if (taking.has(source) && taking.has(target)) edge.classList.add("lit");
    }
  }

  // how far to scroll until something is inside, and not at the very edge
  function way(low, high, room) {
    const margin = Math.max(0, Math.min(32, (room - (high - low)) / 2));
    if (low < 0) return low - margin;
    return high > room ? high + margin - room : 0;
  }

  // a step of a training happens everywhere: it moves nothing
  function bringIntoView(step) {
    const boxes = [...step.lit, ...step.near].map(find).filter(Boolean);
    if (!boxes.length || film.losses.length) return;
    const frame = stage.getBoundingClientRect();
    const rects = boxes.map((box) => box.getBoundingClientRect());
    // all that takes part, if there is room for it; else the box that it is about
    const around = (some) => ({
      left: Math.min(...some.map((r) => r.left)), right: Math.max(...some.map((r) => r.right)),
      top: Math.min(...some.map((r) => r.top)), bottom: Math.max(...some.map((r) => r.bottom)),
    });
    let goal = around(rects);
    if (goal.right - goal.left > stage.clientWidth) goal = { ...goal, left: rects[0].left, right: rects[0].right };
    if (goal.bottom - goal.top > stage.clientHeight) goal = { ...goal, top: rects[0].top, bottom: rects[0].bottom };
    stage.scrollTo({
      left: stage.scrollLeft + way(goal.left - frame.left, goal.right - frame.left, stage.clientWidth),
      top: stage.scrollTop + way(goal.top - frame.top, goal.bottom - frame.top, stage.clientHeight),
      behavior: quiet.matches || !timer ? "auto" : "smooth",
    });
  }

  // ---- the losses of a training

  const curve = find("curve");

  function draw(count) {
    if (!curve) return;
    find("high").textContent = film.ends[1];
    find("low").textContent = film.ends[0];
    const widest = Math.max(...["high", "low"].map((id) => find(id).getComputedTextLength()));
    const left = Math.max(56, widest + 10), right = 348, top = 12, bottom = 146;
    const finite = film.losses.filter(Number.isFinite);
    const high = Math.max(...finite, 0), low = Math.min(...finite, 0), updates = film.losses.length - 1;
    const x = (i) => left + ((right - left) * i) / updates;
    const y = (loss) => bottom - ((bottom - top) * (loss - low)) / (high - low || 1);
    const known = film.losses.slice(0, count).map((loss, i) => [x(i), y(loss)]).filter(([, y]) => Number.isFinite(y));
    find("line").setAttribute("points", known.join(" "));
    find("axes").setAttribute("d", `M${left},${top}V${bottom}H${right}`);
    find("end").textContent = `${updates} update${updates === 1 ? "" : "s"}`;
    const marks = { high: [left - 6, y(high) + 4], low: [left - 6, y(low) + 4], end: [right, bottom + 16] };
    for (const [id, [x, y]] of Object.entries(marks)) {
      find(id).setAttribute("x", x);
      find(id).setAttribute("y", y);
    }
    find("dot").style.display = known.length ? "" : "none";
    if (known.length) {
      find("dot").setAttribute("cx", known.at(-1)[0]);
      find("dot").setAttribute("cy", known.at(-1)[1]);
    }
    const said = count === 1 ? "at the start" : `after ${count - 1} update${count === 2 ? "" : "s"}`;
    find("loss").textContent = count ? `loss ${said}: ${film.lossTexts[count - 1]}` : "loss: not known yet";
    if (count) find("loss").dataset.exact = String(film.losses[count - 1]);
    else delete find("loss").dataset.exact;
  }

  // the latest update; it stays in view until the next one
  function listMoves(k) {
    const moves = find("moves");
    if (!moves) return;
    const lines = steps.slice(0, k + 1).findLast((step) => step.lines.length)?.lines ?? [];
    moves.replaceChildren(...lines.map((line) => {
      const item = document.createElement("li");
      item.textContent = line;
      return item;
    }));
    moves.classList.toggle("past", !steps[k].lines.length);
    if (!lines.length) moves.textContent = "An update lists here how each parameter moves.";
  }

  function speak(step) {
    const total = document.createElement("span");
    total.className = "total";
    total.textContent = step.total;
    find("says").replaceChildren(step.says.slice(0, step.says.length - step.total.length), total);
  }

  // ---- where the film stands

  function show(k) {
    k = Math.max(0, Math.min(last, k));
    if (k === at) return;
    const step = steps[k];
    const oneOn = k === at + 1;
    at = k;
    const fresh = fill(stateAt(k));
    light(step);
    draw(step.losses);
    listMoves(k);
    find("phase").textContent = phases[step.phase];
    find("now").dataset.phase = stage.dataset.phase = step.phase;
    speak(step);
    find("count").textContent = `${k} / ${last}`;
    slider.value = k;
    slider.setAttribute("aria-valuetext", `step ${k} of ${last}, ${phases[step.phase]}`);
    // a button that is disabled would lose the focus, and the keyboard its place on the page
    for (const id of ["first", "back"]) find(id).setAttribute("aria-disabled", String(k === 0));
    for (const id of ["forth", "last"]) find(id).setAttribute("aria-disabled", String(k === last));
    bringIntoView(step);
    if (oneOn && !quiet.matches) appear(fresh, step.phase === "backward");
  }

  // what is new comes one after the other, in the direction of the pass
  function appear(fresh, backward) {
    const inPicture = fresh.filter((text) => !text.classList.contains("later"));
    const pause = Math.min(60, 600 / inPicture.length) / Number(speed.value);
    inPicture.forEach((text, i) => {
      const turn = backward ? inPicture.length - 1 - i : i;
      text.animate([{ opacity: 0 }, { opacity: 1 }], { duration: 200, delay: pause * turn, fill: "backwards" });
    });
  }

  function tick() {
    show(at + 1);
    if (at === last) pause();
    else timer = setTimeout(tick, 1600 / Number(speed.value));
  }

  function play() {
    if (at === last) show(0);
    timer = setTimeout(tick, 500 / Number(speed.value));
    say();
  }

  function pause() {
    clearTimeout(timer);
    timer = 0;
    say();
  }

  function say() {
    find("does").textContent = timer ? "Pause" : "Play";
    find("sign").setAttribute("d", timer ? "M5 4h4v12H5zM11 4h4v12h-4z" : "M5 4v12l10-6z");
  }

  function go(k) {
    if (timer) pause();
    show(k);
  }

  const toggle = () => (timer ? pause() : play());

  function change(by) {
    speed.selectedIndex = Math.max(0, Math.min(speed.length - 1, speed.selectedIndex + by));
  }

  // ---- how large the picture is

  const [, , width, height] = picture.getAttribute("viewBox").split(" ").map(Number);
  const natural = (width * 4) / 3, tall = (height * 4) / 3;       // a point is 4/3 pixels
  let whole = null;                               // as it fits, unless the button was pressed

  function size() {
    const room = stage.clientWidth;
    const fitting = Math.min(1.5, room / natural, (0.63 * innerHeight) / tall);     // the stage's max-height
    const isWhole = whole ?? fitting >= 0.5;     // type of 8 pixels
    const scale = isWhole ? fitting : 1;
    picture.setAttribute("width", natural * scale);
    picture.setAttribute("height", tall * scale);
    find("whole").hidden = fitting >= 0.9;
    find("whole").setAttribute("aria-pressed", String(isWhole));
  }

  // ---- buttons and keys

  const themes = ["auto", "light", "dark"];
  let theme = 0;
  const actions = {
    play: toggle, first: () => go(0), back: () => go(at - 1), forth: () => go(at + 1), last: () => go(last),
    whole: () => { whole = find("whole").getAttribute("aria-pressed") !== "true"; size(); bringIntoView(steps[at]); },
    theme: () => {
      theme = (theme + 1) % themes.length;
      if (theme) root.dataset.theme = themes[theme];
      else delete root.dataset.theme;
      find("theme").textContent = `Theme: ${themes[theme]}`;
    },
  };
  for (const [id, action] of Object.entries(actions)) {
    find(id).addEventListener("click", () => find(id).getAttribute("aria-disabled") === "true" || action());
  }
  slider.addEventListener("input", () => go(Number(slider.value)));

  const keys = {
    " ": toggle, ArrowRight: () => go(at + 1), ArrowLeft: () => go(at - 1), Home: () => go(0), End: () => go(last),
    "+": () => change(1), "=": () => change(1), "-": () => change(-1),
  };
  // arrows scroll what is wider than its frame, if Tab led there: a click on the graph is no wish to scroll it
  let reached = null;
  document.addEventListener("focusin", ({ target }) => { reached = target.matches(":focus-visible") ? target : null; });
  const scrolls = (box) => box === reached && box.matches("[tabindex]") && box.scrollWidth > box.clientWidth;
  document.addEventListener("keydown", (event) => {
    const tag = event.target.tagName, action = keys[event.key];
    const taken =
      (event.key === " " && ["BUTTON", "SUMMARY", "SELECT"].includes(tag)) ||
      (tag === "SELECT" && !"+-=".includes(event.key)) || event.ctrlKey || event.altKey || event.metaKey ||
      (event.key.startsWith("Arrow") && scrolls(event.target));
    if (!action || taken) return;
    event.preventDefault();
    action();
  });
  addEventListener("resize", () => { size(); bringIntoView(steps[at]); });

  slider.max = last;
  size();
  show(0);
})();
