/** Markdown with formulas, as in the notebooks of the course, becomes HTML; formulas become MathML. */
import { tex } from "@mdit/plugin-tex";
import MarkdownIt from "markdown-it";
import temml from "temml";

const markdown = new MarkdownIt({ html: false, typographer: false }).use(tex, {
  render(text, displayMode) {
    const formula = temml.renderToString(text, { displayMode, throwOnError: false, trust: false });
    return displayMode ? `<span class="formula" tabindex="0">${formula}</span>` : formula; // wide ones scroll, by keys, too
  },
});

/** @param rewrite takes the address of each link and returns the one to write; null leaves the text only */
export function rendered(text, rewrite = (address) => address) {
  const tokens = markdown.parse(text, {});
  for (const { children } of tokens) {
    const open = [];
    for (const token of children ?? []) {
      if (token.type === "link_open") {
        const address = rewrite(token.attrGet("href"));
        open.push(address);
        if (address === null) token.hidden = true;
        else token.attrSet("href", address);
      } else if (token.type === "link_close" && open.pop() === null) {
        token.hidden = true;
      }
    }
  }
  // a formula is not parted from the sign behind it
  return markdown.renderer
    .render(tokens, markdown.options, {})
    .replace(/<math>(?:(?!<\/math>).)*<\/math>[,.;:!?)]/gs, '<span class="whole">$&</span>');
}
