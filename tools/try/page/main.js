/** The page: one piece of code with examples, or a chapter of the course. */
import "../../../autograd_tiny/show/page/notebook.js"; // makes frames as high as they say, and light or dark
import { Cell } from "./cell.js";
import { openChapter } from "./chapter.js";
import { Python } from "./python.js";
import { codeIn, linkTo } from "./share.js";
import { followTheme } from "./theme.js";

const find = (id) => document.getElementById(id);
const STATES = { starting: "Starting Python …", ready: "Python is ready.", running: "Python is running …" };

followTheme();
const python = new Python(ASSETS, showState);
const say = (text) => (find("said").textContent = text);
let lastState = "";

function showState(state, detail, total) {
  const bar = find("progress");
  document.body.dataset.python = state;
  bar.hidden = state !== "loading";
  if (state === "loading") {
    bar.value = detail / total;
    find("state").textContent = `Loading Python: ${megabytes(detail)} of ${megabytes(total)} MB`;
  } else if (state === "failed") {
    find("state").textContent = `Python could not be loaded (${detail}). Press Run to try again.`;
    say(find("state").textContent);
  } else {
    find("state").textContent = STATES[state];
    if (state === "ready" && lastState === "starting") say(STATES.ready);
  }
  lastState = state;
}

const megabytes = (bytes) => (bytes / 1e6).toFixed(1);

/** The first load, as soon as the page stands; where data costs money, at the first run. */
function loadSoon() {
  if (navigator.connection?.saveData) find("state").textContent = "Python loads when you press Run.";
  else requestAnimationFrame(() => setTimeout(() => python.load()));
}

async function openCode() {
  const examples = JSON.parse(find("examples-data").textContent),
    preview = find("preview"),
    notice = find("notice"),
    list = find("examples");
  let isOpening = false;
  const cell = new Cell(find("cell"), python, {
    code: examples[0].code,
    name: "your code",
    say,
    beforeRun: () => {
      preview.remove();
      notice.hidden = true;
    },
    onChange: () => {
      find("link").replaceChildren();
      // the address stands for this code no more: a reload is to show what is typed now
      if (!isOpening && location.hash.startsWith("#code="))
        history.replaceState(null, "", location.pathname + location.search);
      const chosen = list.querySelector("[aria-pressed=true]");
      if (chosen && chosen.code !== cell.editor.code) choose(null);
    },
  });
  for (const { title, code } of examples) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = title;
    button.code = code;
    button.addEventListener("click", () => {
      show(code, false);
      choose(button);
      if (matchMedia("(pointer: fine)").matches) cell.editor.focus(); // elsewhere a keyboard would cover the code
    });
    const item = document.createElement("li");
    item.append(button);
    list.append(item);
  }
  const choose = (chosen) => {
    for (const each of list.querySelectorAll("button")) each.setAttribute("aria-pressed", String(each === chosen));
  };
  const show = (code, isLink) => {
    notice.hidden = true;
    if (code !== examples[0].code) preview.remove();
    isOpening = isLink;
    cell.begin(code, isLink);
    isOpening = false;
  };
  if (cell.isChanged) preview.remove();
  choose(cell.isChanged ? null : list.querySelector("button"));

  const share = document.createElement("button");
  share.type = "button";
  share.className = "plain";
  share.textContent = "Share";
  share.addEventListener("click", async () => {
    let address;
    try {
      address = await linkTo(cell.editor.code);
    } catch (error) {
      find("link").replaceChildren();
      cell.note.textContent = error.message;
      say(error.message);
      return;
    }
    history.replaceState(null, "", address);
    const field = document.createElement("input");
    field.readOnly = true;
    field.value = address;
    field.setAttribute("aria-label", "Link to this code");
    find("link").replaceChildren(field);
    field.select();
    const isCopied = await navigator.clipboard?.writeText(address).then(
      () => true,
      () => false,
    );
    say(isCopied ? "The link to this code is copied." : "The link to this code is below.");
    cell.note.textContent = isCopied ? "Link copied" : "";
  });
  cell.bar.insertBefore(share, cell.note);

  const openLink = async () => {
    try {
      const code = await codeIn(location.hash);
      if (code === null) return;
      preview.remove();
      show(code, true);
      choose(null);
      notice.textContent = "This code came with the link. Look at it first; it runs when you press Run.";
    } catch (error) {
      notice.textContent = error.message;
    }
    notice.hidden = false;
  };
  addEventListener("hashchange", openLink);
  await openLink();
}

const chapter = /^\d\d$/.exec(new URLSearchParams(location.search).get("chapter") ?? "")?.[0];
if (chapter) openChapter(chapter, python, say);
else openCode();
loadSoon();
