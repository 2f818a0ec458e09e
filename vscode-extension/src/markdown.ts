// The model writes Markdown and quotes logs, which anybody may have written: nothing in it may load, link or run.

/** Return Markdown with its emphasis and code, but with links, images and HTML as plain text. */
export function harmlessMarkdown(text: string): string {
  // Code is shown as it stands; what is outside of it is escaped.
  return text
    .split(/(```[\s\S]*?(?:```|$)|`[^`\n]+`)/)
    .map((part, index) => (index % 2 === 1 ? part : part.replace(/[[\]<>!\\]/g, '\\$&').replace(/(https?|command|file):/gi, '$1&#58;')))
    .join('');
}
