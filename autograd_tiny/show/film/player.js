"use strict";
// Plays the film. The constant `film`, which stands before this script on the page, holds film.steps, and in film.slots
// for each slot, by its number, which line of a box it is. The elements with that number as data-slot, in the picture
// and in the table, show its contents.
(() => {
  const { steps, losses } = film;
  const last = steps.length - 1;
  const phases = { start: "Start", forward: "Forward", backward: "Backward", update: "Update", end: "End" };
  const find = (id) => document.getElementById(id);
  const stage = find("stage"), picture = stage.querySelector("svg");
  const slider = find("slider"), speed = find("speed"), root = document.documentElement;
  const reducedMotion = matchMedia("(prefers-reduced-motion: reduce)");
  let current = -1;       // the step that is shown
  let timer = 0;          // of the next step, while the film plays

  const isPlaying = () => timer !== 0;
  const plural = (n, noun) => `${n} ${noun}${n === 1 ? "" : "s"}`;

  // ---- slots: the numbers in the picture and in the table

  // margin: the room in a box that a number can't have; a local derivative has no frame and may stand out
  // empty: the text while there is no number; a letter keeps the place of a local derivative on its edge
  const lines = {
    "value": { margin: 8, empty: "" },
    "gradient": { margin: 8, empty: "" },
    "constant": { margin: 3, empty: "" },
    "local derivative": { margin: -4, empty: "\u2202" },
  };
  const slots = film.slots.map((line) => ({ ...lines[line], places: [], text: undefined, number: undefined }));
  for (const element of document.querySelectorAll("[data-slot]")) {
    const inPicture = picture.contains(element);
    slots[element.dataset.slot].places.push({ element, inPicture, drawn: element.textContent });
  }

  // each step has only what it changes, so that jumping to a step needs all those before it
  function contentsAfter(k) {
    const contents = slots.map(() => [null, null]);
    for (const step of steps.slice(0, k + 1)) {
      for (const [slot, text, number] of step.shows) contents[slot] = [text, number];
    }
    return contents;
  }

  // fills all slots with the contents after step k; returns the texts of the picture that have changed
  function fill(k) {
    const changed = [];
    contentsAfter(k).forEach(([text, number], i) => {
      const slot = slots[i];
      if (slot.text === text && slot.number === number) return;
      slot.text = text;
      slot.number = number;
      for (const place of slot.places) {
        write(place, slot);
        if (place.inPicture && text !== null) changed.push([place, slot]);
      }
    });
    fitAll(changed);
    return changed.map(([place]) => place.element);
  }

  function write({ element, inPicture }, { text, number, empty }) {
    element.textContent = text ?? (inPicture ? empty : "");
    if (number === null) delete element.dataset.exact;
    else element.dataset.exact = String(number);
    if (inPicture) element.classList.toggle("later", text === null);
  }

  // all sizes are reset before any text is measured: in turns, each would cost a layout
  function fitAll(changed) {
    for (const [{ element }] of changed) element.style.fontSize = "";
    for (const [{ element, drawn }, { text, margin }] of changed) {
      if (text !== drawn) fit(element, margin);       // the layout program made room for the text that it drew
    }
  }

  // writes a number that is wider than its box smaller
  function fit(text, margin) {
    const outline = text.closest("g.node").querySelector("path, polygon, ellipse");
    const room = outline ? outline.getBBox().width - margin : 0;
    const width = text.getComputedTextLength();
    if (room > 0 && width > room) {
      text.style.fontSize = `${(parseFloat(text.getAttribute("font-size")) * room) / width}px`;
    }
  }

  // new numbers appear one after the other, in the direction of the pass
  function animate(texts, isBackward) {
    const delay = Math.min(60, 600 / texts.length) / Number(speed.value);
    texts.forEach((text, i) => {
      const turn = isBackward ? texts.length - 1 - i : i;
      const frames = [{ opacity: 0 }, { opacity: 1 }];
      text.animate(frames, { duration: 200, delay: delay * turn, fill: "backwards" });
    });
  }

  // ---- the parts of the picture that light up

  function light(step) {
    for (const element of document.querySelectorAll(".lit, .near")) element.classList.remove("lit", "near");
    mark(step.near, "near");
    mark([...step.lit, ...step.bundles], "lit");
  }

  function mark(ids, name) {
    for (const id of ids) {
      find(id)?.classList.add(name);
      find(`row-${id}`)?.classList.add(name);
    }
  }

  // scrolls the picture to a step, no further than it must; a step of a training is everywhere, and scrolls nothing
  function bringIntoView(step) {
    const parts = [...step.lit, ...step.near].map(find).filter(Boolean);
    if (!parts.length || losses.length) return;
    const frame = stage.getBoundingClientRect(), goal = goalOf(parts.map((part) => part.getBoundingClientRect()));
    stage.scrollTo({
      left: stage.scrollLeft + distance(goal.left - frame.left, goal.right - frame.left, stage.clientWidth),
      top: stage.scrollTop + distance(goal.top - frame.top, goal.bottom - frame.top, stage.clientHeight),
      behavior: reducedMotion.matches || !isPlaying() ? "auto" : "smooth",
    });
  }

  // all that takes part, if there is room for it; else the first, which the step is about
  function goalOf(rects) {
    const goal = {
      left: Math.min(...rects.map((rect) => rect.left)), right: Math.max(...rects.map((rect) => rect.right)),
      top: Math.min(...rects.map((rect) => rect.top)), bottom: Math.max(...rects.map((rect) => rect.bottom)),
    };
    const { left, right, top, bottom } = rects[0];
    if (goal.right - goal.left > stage.clientWidth) Object.assign(goal, { left, right });
    if (goal.bottom - goal.top > stage.clientHeight) Object.assign(goal, { top, bottom });
    return goal;
  }

  // how far to scroll until something from low to high is inside, with a margin
  function distance(low, high, room) {
    const margin = Math.max(0, Math.min(32, (room - (high - low)) / 2));
    if (low < 0) return low - margin;
    return high > room ? high + margin - room : 0;
  }

  // ---- a training: its losses and its updates

  function setAttributes(id, attributes) {
    for (const [name, value] of Object.entries(attributes)) find(id).setAttribute(name, value);
  }

  // the scales of the curve: the axis moves to the right where its numbers are long
  function scales() {
    find("low").textContent = film.lossRange[0];
    find("high").textContent = film.lossRange[1];
    const widest = Math.max(find("low").getComputedTextLength(), find("high").getComputedTextLength());
    const left = Math.max(56, widest + 10), right = 348, top = 12, bottom = 146;
    const finite = losses.filter(Number.isFinite), updates = losses.length - 1;
    const low = Math.min(...finite, 0), high = Math.max(...finite, 0);
    const x = (i) => left + ((right - left) * i) / updates;
    const y = (loss) => bottom - ((bottom - top) * (loss - low)) / (high - low || 1);
    return { left, right, top, bottom, low, high, x, y };
  }

  // the first `count` losses as a curve
  function drawCurve(count) {
    const { left, right, top, bottom, low, high, x, y } = scales();
    setAttributes("axes", { d: `M${left},${top}V${bottom}H${right}` });
    setAttributes("low", { x: left - 6, y: y(low) + 4 });
    setAttributes("high", { x: left - 6, y: y(high) + 4 });
    setAttributes("end", { x: right, y: bottom + 16 });
    find("end").textContent = plural(losses.length - 1, "update");
    const known = losses.slice(0, count).map((loss, i) => [x(i), y(loss)]).filter(([, y]) => Number.isFinite(y));
    setAttributes("line", { points: known.join(" ") });
    find("dot").style.display = known.length ? "" : "none";
    if (known.length) setAttributes("dot", { cx: known.at(-1)[0], cy: known.at(-1)[1] });
  }

  function captionCurve(count) {
    const caption = find("loss");
    const when = count === 1 ? "at the start" : `after ${plural(count - 1, "update")}`;
    caption.textContent = count ? `loss ${when}: ${film.lossTexts[count - 1]}` : "loss: not known yet";
    if (count) caption.dataset.exact = String(losses[count - 1]);
    else delete caption.dataset.exact;
  }

  // the latest update, which stays in view until the next one
  function listUpdate(k) {
    const list = find("moves");
    const texts = steps.slice(0, k + 1).findLast((step) => step.lines.length)?.lines ?? [];
    list.replaceChildren(...texts.map((text) => {
      const item = document.createElement("li");
      item.textContent = text;
      return item;
    }));
    list.classList.toggle("past", !steps[k].lines.length);
    if (!texts.length) list.textContent = "An update lists here how each parameter moves.";
  }

  // ---- the step that is shown

  function show(k) {
    k = Math.max(0, Math.min(last, k));
    if (k === current) return;
    const step = steps[k], isNext = k === current + 1;
    current = k;
    const changed = fill(k);
    light(step);
    if (losses.length) {
      drawCurve(step.losses);
      captionCurve(step.losses);
      listUpdate(k);
    }
    say(step);
    updateControls(k);
    bringIntoView(step);
    if (isNext && !reducedMotion.matches) animate(changed, step.phase === "backward");
  }

  function say(step) {
    find("phase").textContent = phases[step.phase];
    find("now").dataset.phase = stage.dataset.phase = step.phase;
    const total = document.createElement("span");
    total.className = "total";
    total.textContent = step.total;
    find("says").replaceChildren(step.says.slice(0, step.says.length - step.total.length), total);
  }

  function updateControls(k) {
    find("count").textContent = `${k} / ${last}`;
    slider.value = k;
    slider.setAttribute("aria-valuetext", `step ${k} of ${last}, ${phases[steps[k].phase]}`);
    // a button that is disabled would lose the focus, and the keyboard its place on the page
    for (const id of ["first", "back"]) find(id).setAttribute("aria-disabled", String(k === 0));
    for (const id of ["forth", "last"]) find(id).setAttribute("aria-disabled", String(k === last));
  }

  // ---- playing

  function tick() {
    show(current + 1);
    if (current === last) pause();
    else timer = setTimeout(tick, 1600 / Number(speed.value));
  }

  function play() {
    if (current === last) show(0);
    timer = setTimeout(tick, 500 / Number(speed.value));
    updatePlayButton();
  }

  function pause() {
    clearTimeout(timer);
    timer = 0;
    updatePlayButton();
  }

  function updatePlayButton() {
    find("does").textContent = isPlaying() ? "Pause" : "Play";
    find("sign").setAttribute("d", isPlaying() ? "M5 4h4v12H5zM11 4h4v12h-4z" : "M5 4v12l10-6z");
  }

  const toggle = () => (isPlaying() ? pause() : play());

  function go(k) {
    if (isPlaying()) pause();
    show(k);
  }

  function changeSpeed(by) {
    speed.selectedIndex = Math.max(0, Math.min(speed.length - 1, speed.selectedIndex + by));
  }

  // ---- the size of the picture

  const [, , width, height] = picture.getAttribute("viewBox").split(" ").map(Number);
  const fullWidth = (width * 4) / 3, fullHeight = (height * 4) / 3;       // a point is 4/3 pixels
  let wholeIsWanted = null;                       // whether the button asked for the whole graph; null: not used yet

  function resize() {
    // a little less than the max-height of the stage; a frame in a notebook will be as high as this makes it
    const room = window.parent === window ? 0.63 * innerHeight : 560;
    const fitting = Math.min(1.5, stage.clientWidth / fullWidth, room / fullHeight);
    const isWhole = wholeIsWanted ?? fitting >= 0.5;        // type of 8 pixels can still be read
    const scale = isWhole ? fitting : 1;
    picture.setAttribute("width", fullWidth * scale);
    picture.setAttribute("height", fullHeight * scale);
    find("whole").hidden = fitting >= 0.9;
    find("whole").setAttribute("aria-pressed", String(isWhole));
  }

  function toggleWhole() {
    wholeIsWanted = find("whole").getAttribute("aria-pressed") !== "true";
    resize();
    bringIntoView(steps[current]);
  }

  // ---- the theme

  const themes = ["auto", "light", "dark"];
  let theme = 0;

  function nextTheme() {
    theme = (theme + 1) % themes.length;
    if (theme) root.dataset.theme = themes[theme];
    else delete root.dataset.theme;
    find("theme").textContent = `Theme: ${themes[theme]}`;
  }

  // ---- buttons and keys

  const actions = {
    play: toggle, first: () => go(0), back: () => go(current - 1), forth: () => go(current + 1), last: () => go(last),
    whole: toggleWhole, theme: nextTheme,
  };
  for (const [id, action] of Object.entries(actions)) {
    find(id).addEventListener("click", () => find(id).getAttribute("aria-disabled") === "true" || action());
  }
  slider.addEventListener("input", () => go(Number(slider.value)));

  const keys = {
    " ": toggle, ArrowRight: () => go(current + 1), ArrowLeft: () => go(current - 1),
    Home: () => go(0), End: () => go(last),
    "+": () => changeSpeed(1), "=": () => changeSpeed(1), "-": () => changeSpeed(-1),
  };

  // Arrows scroll an element that is wider than its frame, if Tab led there: after a click on the graph they lead
  // through the film.
  let reachedByTab = null;
  document.addEventListener("focusin", ({ target }) => {
    reachedByTab = target.matches(":focus-visible") ? target : null;
  });
  const scrolls = (element) =>
    element === reachedByTab && element.matches("[tabindex]") && element.scrollWidth > element.clientWidth;

  // whether the browser or the element in focus has another use for a key
  function isTaken({ key, target, ctrlKey, altKey, metaKey }) {
    if (ctrlKey || altKey || metaKey) return true;
    if (key === " ") return ["BUTTON", "SUMMARY", "SELECT"].includes(target.tagName);
    if (target.tagName === "SELECT") return !"+-=".includes(key);
    return key.startsWith("Arrow") && scrolls(target);
  }

  document.addEventListener("keydown", (event) => {
    const action = keys[event.key];
    if (!action || isTaken(event)) return;
    event.preventDefault();
    action();
  });

  addEventListener("resize", () => {
    resize();
    bringIntoView(steps[current]);
  });

  slider.max = last;
  resize();
  show(0);
})();
