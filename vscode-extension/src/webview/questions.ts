import type { ConversationView, TurnView, Words } from '../panel/messages';
import type { Role } from '../protocol';
import { element, Part } from './dom';
import { markdown } from './markdown';
import { button, type Post } from './result';

/** The section of the questions; the form stays, so that what is being typed does. */
export class Questions {
  private readonly heading = element('h2', { id: 'questions-heading' });
  // Spoken when an answer is whole: word by word it could not be listened to.
  private readonly log = element('div', { role: 'log', 'aria-labelledby': 'questions-heading', 'aria-live': 'polite' });
  private readonly form = element('form', { class: 'ask' });
  private readonly note = element('p');
  private readonly parts: Part<{ turn: TurnView; words: Words }>[] = [];
  private readonly fields = new Part<{ roles: readonly Role[]; words: Words }>(this.form, ({ roles, words }) => this.makeFields(roles, words));
  private readonly question = element('textarea', { id: 'question', rows: '3', required: true });
  private readonly role = element('select', { id: 'role' });
  private readonly stop: HTMLButtonElement;
  readonly section = element('section', { 'aria-labelledby': 'questions-heading' }, this.heading, this.log, this.note, this.form);

  constructor(
    private readonly post: Post,
    draft: string,
    private readonly keepDraft: (draft: string) => void,
  ) {
    this.stop = button('stop', '', () => post({ type: 'stop' }), { class: 'secondary' });
    this.question.value = draft;
    this.question.addEventListener('input', () => this.keepDraft(this.question.value));
    this.question.addEventListener('keydown', (event) => {
      if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
        event.preventDefault();
        this.form.requestSubmit();
      }
    });
    this.form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.send();
    });
  }

  show(conversation: ConversationView, hasResult: boolean, words: Words): void {
    this.section.hidden = !hasResult;
    this.heading.textContent = words.questions;
    this.note.textContent = words.cannotAsk;
    this.note.hidden = conversation.isKnown;
    this.form.hidden = !conversation.isKnown;
    this.fields.show({ roles: conversation.roles, words });
    const isAnswering = conversation.turns.some((turn) => turn.state === 'answering');
    this.stop.textContent = words.stop;
    this.stop.hidden = !isAnswering;
    this.log.setAttribute('aria-busy', String(isAnswering));
    if (conversation.turns.length < this.parts.length) {
      this.parts.length = 0;
      this.log.replaceChildren();
    }
    conversation.turns.forEach((turn, index) => this.part(index).show({ turn, words }));
  }

  private part(index: number): Part<{ turn: TurnView; words: Words }> {
    const present = this.parts[index];
    if (present !== undefined) {
      return present;
    }
    const place = element('div', { class: 'turn', tabindex: '-1' });
    this.log.append(place);
    const made = new Part<{ turn: TurnView; words: Words }>(place, ({ turn, words }) => turnNodes(turn, words));
    this.parts[index] = made;
    return made;
  }

  private makeFields(roles: readonly Role[], words: Words): Node[] {
    const chosen = this.role.value;
    this.role.replaceChildren(...roles.map((role) => element('option', { value: role.id, title: role.description }, role.title)));
    if (roles.some((role) => role.id === chosen)) {
      this.role.value = chosen;
    }
    return [
      ...(roles.length === 0 ? [] : [element('label', { for: 'role' }, words.role), this.role]),
      element('label', { for: 'question' }, words.question),
      this.question,
      element('p', { class: 'actions' }, element('button', { type: 'submit', id: 'ask', class: 'primary', title: words.questionHint }, words.ask), this.stop),
    ];
  }

  private send(): void {
    const question = this.question.value.trim();
    if (question !== '') {
      this.post({ type: 'ask', question, role: this.role.value });
      this.question.value = '';
      this.keepDraft('');
    }
  }
}

function turnNodes(turn: TurnView, words: Words): Node[] {
  return [
    element('p', { class: 'asked' }, element('strong', {}, `${words.you}: `), turn.question),
    markdown(turn.answer),
    ...turn.problems.map((problem) => element('p', { class: 'problem' }, problem)),
    ...(turn.state === 'answering' ? [element('p', { class: 'state' }, words.answering)] : []),
    ...(turn.state === 'stopped' ? [element('p', { class: 'state' }, words.stopped)] : []),
  ];
}
