import type { FixView, FromPage, LinkView, Rating, ResultView, Words } from '../panel/messages';
import { element } from './dom';
import { inlineMarkdown, markdown } from './markdown';

export type Post = (message: FromPage) => void;

/** What the section of the result shows. */
export interface ResultShown {
  readonly result: ResultView | null;
  readonly canRate: boolean;
  readonly words: Words;
}

/** Return the section of the result: cause, fixes, calls, and what could not be done. */
export function resultSection({ result, canRate, words }: ResultShown, post: Post): Node[] {
  if (result === null) {
    return [element('p', {}, words.nothing)];
  }
  const [here, ...calls] = result.links;
  return [
    // The first line of the failure is the page's heading.
    ...(result.details === '' ? [] : [element('pre', { tabindex: '0', class: 'details' }, element('code', {}, result.details))]),
    ...(here === undefined ? [] : [element('h2', {}, result.cause === '' ? words.failure : words.rootCause), element('p', { class: 'place' }, link(here, 0, post))]),
    ...(result.cause === '' ? [] : [markdown(result.cause), ...(canRate ? [rating('diagnosis', null, result.rated, words, post)] : [])]),
    element('h2', {}, words.fixes),
    ...(result.fixes.length === 0 ? [element('p', {}, words.noFix)] : result.fixes.map((fix, index) => fixArticle(fix, index, canRate, words, post))),
    ...(result.command === null ? [] : [button('rerun', words.rerun.replace('{0}', result.command), () => post({ type: 'rerun' }))]),
    ...(calls.length === 0
      ? []
      : [element('h2', { id: 'calls' }, words.callChain), element('ol', { 'aria-labelledby': 'calls' }, ...calls.map((one, index) => element('li', {}, link(one, index + 1, post))))]),
    ...(result.problems.length === 0
      ? []
      : [element('h2', {}, words.problems), element('ul', {}, ...result.problems.map((problem) => element('li', {}, problem)))]),
  ];
}

function link(view: LinkView, index: number, post: Post): Node {
  const name = element('button', { type: 'button', class: 'link', id: `link-${index}` }, view.label);
  name.addEventListener('click', () => post({ type: 'open', link: index }));
  return element('span', {}, name, view.detail === '' ? '' : ` ${view.detail}`);
}

function fixArticle(fix: FixView, index: number, canRate: boolean, words: Words, post: Post): Node {
  const heading = `fix-${index}`;
  const describes = { 'aria-describedby': heading };
  const action = (type: 'preview' | 'apply' | 'undo', word: string): Node =>
    button(`${type}-${index}`, word, () => post({ type, fix: index }), { ...describes, class: type === 'apply' ? 'primary' : 'secondary' });
  return element(
    'article',
    { 'aria-labelledby': heading },
    element('h3', { id: heading }, inlineMarkdown(fix.title)),
    ...fix.files.flatMap((file) => [element('p', { class: 'file' }, file.name), diff(file, words)]),
    element(
      'p',
      { class: 'actions' },
      ...(fix.state === 'offered' ? [action('apply', words.apply), action('preview', words.preview)] : []),
      ...(fix.state === 'applied' ? [element('span', { class: 'state' }, words.applied), action('undo', words.undo)] : []),
      ...(fix.state === 'changed' ? [element('span', { class: 'state' }, words.changed)] : []),
    ),
    ...(canRate ? [rating(heading, index, fix.rated, words, post)] : []),
  );
}

function diff(file: FixView['files'][number], words: Words): Node {
  const lines = file.lines.map((line) => {
    const said = line.kind === 'added' || line.kind === 'removed' ? element('span', { class: 'heard' }, `${words[line.kind]}: `) : '';
    const sign = line.kind === 'added' ? '+' : line.kind === 'removed' ? '-' : line.kind === 'same' ? ' ' : '';
    return element('span', { class: `line ${line.kind}` }, said, element('span', { 'aria-hidden': 'true' }, sign), line.text);
  });
  return element('pre', { class: 'diff', tabindex: '0', role: 'region', 'aria-label': file.name }, element('code', {}, ...lines));
}

function rating(describedBy: string, fix: number | null, rated: Rating | null, words: Words, post: Post): Node {
  const thumb = (verdict: Rating): Node =>
    button(`${verdict}-${describedBy}`, thumbIcon(verdict), () => post({ type: 'rate', fix, verdict }), {
      class: 'thumb',
      'aria-label': words[verdict],
      title: words[verdict],
      'aria-pressed': String(rated === verdict),
    });
  return element('p', { class: 'rating' }, thumb('good'), thumb('bad'));
}

const SVG = 'http://www.w3.org/2000/svg';
const THUMB = 'M5 7.5 8 2c1.4 0 1.8 1 1.6 2L9 6.5h3.6c1 0 1.5.9 1.3 1.7l-1 4.6c-.2.7-.8 1.2-1.5 1.2H5zM2 7.5h1.5V14H2z';

/** Drawn, because not every system has a font with thumbs. */
function thumbIcon(verdict: Rating): SVGElement {
  const icon = document.createElementNS(SVG, 'svg');
  icon.setAttribute('viewBox', '0 0 16 16');
  icon.setAttribute('aria-hidden', 'true');
  icon.setAttribute('class', verdict);
  const path = document.createElementNS(SVG, 'path');
  path.setAttribute('d', THUMB);
  icon.append(path);
  return icon;
}

export function button(id: string, words: string | Node, act: () => void, attributes: Readonly<Record<string, string | boolean>> = {}): HTMLButtonElement {
  const made = element('button', { type: 'button', id, ...attributes }, words);
  made.addEventListener('click', act);
  return made;
}
