import type { FromPage, PanelState } from '../panel/messages';
import { element, Part } from './dom';
import { Questions } from './questions';
import { resultSection, type ResultShown } from './result';

interface Kept {
  readonly draft: string;
}

const vscode = acquireVsCodeApi<Kept>();
const post = (message: FromPage): void => vscode.postMessage(message);

const heading = element('h1');
const stage = element('p', { role: 'status', class: 'stage' });
const resultPlace = element('section', { tabindex: '-1' });
const result = new Part<ResultShown>(resultPlace, (shown) => resultSection(shown, post));
const questions = new Questions(post, vscode.getState()?.draft ?? '', (draft) => vscode.setState({ draft }));
document.getElementById('main')?.append(heading, stage, resultPlace, questions.section);

window.addEventListener('message', ({ data }: MessageEvent<PanelState>) => {
  const failure = data.result?.failure ?? '';
  heading.textContent = failure === '' ? data.words.title : failure;
  stage.textContent = data.stage === null ? '' : `${data.words.diagnosing}: ${data.stage}`;
  result.show({ result: data.result, canRate: data.canRate, words: data.words });
  questions.show(data.conversation, data.result !== null, data.words);
});

post({ type: 'ready' });
