// The page of a widget, in a frame as any other; the model has its state, and host.js is the page's side. anywidget
// calls render for each place where the widget is shown; notebook.js, in front of this, sees to the theme.
const MARK = "autograd_tiny"; // of messages
const HEIGHT = "autograd_tiny_height";

function render({ model, el }) {
  const frame = document.createElement("iframe");
  let known = null; // the state that the page in this frame is in; null before it has told one
  frame.setAttribute("sandbox", "allow-scripts");
  frame.title = model.get("title");
  frame.style.cssText = `width: 100%; height: ${model.get("height")}px; border: 0`;
  frame.srcdoc = model.get("html");

  const tell = () => {
    const state = model.get("state");
    if (known !== null && known !== state) frame.contentWindow?.postMessage({ [MARK]: state }, "*");
  };
  const hear = ({ source, data }) => {
    if (source !== frame.contentWindow) return;
    if (data?.[HEIGHT] > 0) frame.style.height = `${Math.min(data[HEIGHT], 10_000)}px`;
    if (typeof data?.[MARK] !== "string") return;
    const isFirst = known === null;
    known = data[MARK];
    if (isFirst && model.get("state")) tell(); // the page begins in the state that the others are in
    else {
      model.set("state", known);
      model.save_changes();
    }
  };
  addEventListener("message", hear);
  model.on("change:state", tell);
  el.append(frame);
  return () => {
    removeEventListener("message", hear);
    model.off("change:state", tell);
  };
}

export default { render };
