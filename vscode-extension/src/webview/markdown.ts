import DOMPurify from 'dompurify';
import { marked } from 'marked';

// What a model's answer needs. Neither links nor images: their addresses may come from a log that anybody wrote.
const TAGS = ['p', 'br', 'strong', 'em', 'del', 'code', 'pre', 'ul', 'ol', 'li', 'blockquote', 'h3', 'h4', 'h5', 'h6', 'hr', 'table', 'thead', 'tbody', 'tr', 'th', 'td'];

const INLINE_TAGS = ['strong', 'em', 'del', 'code'];

/** Return one line of Markdown, with nothing in it that loads or leads anywhere. */
export function inlineMarkdown(text: string): DocumentFragment {
  return DOMPurify.sanitize(marked.parseInline(text, { async: false }), { ALLOWED_TAGS: INLINE_TAGS, ALLOWED_ATTR: [], RETURN_DOM_FRAGMENT: true });
}

/** Return an element that shows Markdown, with nothing in it that loads or leads anywhere. */
export function markdown(text: string): HTMLElement {
  const shown = document.createElement('div');
  shown.className = 'markdown';
  const html = marked.parse(text, { async: false, gfm: true });
  // Below the page's own headings, which end at the third level.
  const lowered = html.replace(/<(\/?)h[1-3]>/g, '<$1h4>');
  shown.append(DOMPurify.sanitize(lowered, { ALLOWED_TAGS: TAGS, ALLOWED_ATTR: [], RETURN_DOM_FRAGMENT: true }));
  for (const block of shown.querySelectorAll('pre')) {
    // It scrolls, so the keyboard must reach it.
    block.tabIndex = 0;
  }
  return shown;
}
