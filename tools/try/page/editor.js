/** An editor for Python: CodeMirror with as little as a page for beginners needs. */
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { pythonLanguage } from "@codemirror/lang-python";
import {
  bracketMatching,
  indentOnInput,
  indentUnit,
  LanguageSupport,
  syntaxHighlighting,
} from "@codemirror/language";
import { EditorState, StateEffect, StateField } from "@codemirror/state";
import { Decoration, EditorView, drawSelection, keymap, lineNumbers } from "@codemirror/view";
import { classHighlighter } from "@lezer/highlight";

const HELP = "Control and Enter run it. Tab indents; Escape, then Tab, leaves the editor.";
const mark = StateEffect.define(); // a line where an error was, or 0

const marked = StateField.define({
  create: () => Decoration.none,
  update(lines, transaction) {
    for (const effect of transaction.effects) {
      if (!effect.is(mark)) continue;
      if (effect.value < 1 || effect.value > transaction.state.doc.lines) return Decoration.none;
      const { from } = transaction.state.doc.line(effect.value);
      return Decoration.set([Decoration.line({ class: "wrong" }).range(from)]);
    }
    return transaction.docChanged ? Decoration.none : lines;
  },
  provide: (field) => EditorView.decorations.from(field),
});

export class Editor {
  /** @param parent the element that is to hold it; @param run called by the keys that run the code */
  constructor(parent, { code, label, run, onChange }) {
    const go = () => (run(), true);
    this.view = new EditorView({
      parent,
      state: EditorState.create({
        doc: code,
        extensions: [
          keymap.of([
            { key: "Mod-Enter", run: go },
            { key: "Shift-Enter", run: go },
          ]),
          lineNumbers(),
          history(),
          drawSelection(),
          indentOnInput(),
          bracketMatching(),
          indentUnit.of("    "),
          new LanguageSupport(pythonLanguage),
          syntaxHighlighting(classHighlighter),
          marked,
          keymap.of([...defaultKeymap, ...historyKeymap, indentWithTab]),
          EditorView.contentAttributes.of({
            "aria-label": label,
            "aria-description": HELP,
            tabindex: "0",
            spellcheck: "false",
          }),
          EditorView.updateListener.of((update) => update.docChanged && onChange?.()),
        ],
      }),
    });
  }

  get code() {
    return this.view.state.doc.toString();
  }

  set code(text) {
    this.view.dispatch({
      changes: { from: 0, to: this.view.state.doc.length, insert: text },
      selection: { anchor: 0 },
    });
  }

  /** Marks the line of an error; 0 marks none. */
  mark(line) {
    this.view.dispatch({ effects: mark.of(line) });
  }

  focus() {
    this.view.focus();
  }
}
