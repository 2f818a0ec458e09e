// What goes between the panel's page and the extension. The page gets its whole state each time and holds none.

import type { DiffLine, FixState } from '../fixes/texts';
import type { Role } from '../protocol';

export type Rating = 'good' | 'bad';

export interface LinkView {
  /** "basket.py:19" */
  readonly label: string;
  /** "called from total_cents()" */
  readonly detail: string;
}

export interface FixView {
  readonly title: string;
  readonly state: FixState;
  readonly files: readonly { readonly name: string; readonly lines: readonly DiffLine[] }[];
  readonly rated: Rating | null;
}

export interface ResultView {
  /** Markdown; empty where only the crash site is known. */
  readonly cause: string;
  /** "ZeroDivisionError: division by zero": the first line, which is the page's heading. */
  readonly failure: string;
  /** The other lines of the failure's message, or empty. */
  readonly details: string;
  readonly problems: readonly string[];
  /** The root cause's place, then the calls that led to the crash; links by index. */
  readonly links: readonly LinkView[];
  readonly fixes: readonly FixView[];
  /** The command that "Run Again" would run, or null. */
  readonly command: string | null;
  readonly rated: Rating | null;
}

export interface TurnView {
  readonly question: string;
  readonly role: string;
  /** Markdown; the whole answer so far. */
  readonly answer: string;
  readonly problems: readonly string[];
  readonly state: 'answering' | 'done' | 'stopped';
}

export interface ConversationView {
  readonly turns: readonly TurnView[];
  readonly roles: readonly Role[];
  /** False where the server cannot answer questions. */
  readonly isKnown: boolean;
}

export interface PanelState {
  /** How far a running diagnosis is, or null. */
  readonly stage: string | null;
  readonly result: ResultView | null;
  readonly conversation: ConversationView;
  /** False where the server takes no feedback. */
  readonly canRate: boolean;
  readonly words: Words;
}

/** The page's words in the user's language. */
export type Words = Readonly<Record<WordKey, string>>;

export type WordKey =
  | 'title' | 'nothing' | 'rootCause' | 'failure' | 'callChain' | 'fixes' | 'noFix' | 'problems'
  | 'preview' | 'apply' | 'undo' | 'applied' | 'changed' | 'rerun' | 'good' | 'bad' | 'added' | 'removed'
  | 'questions' | 'question' | 'questionHint' | 'role' | 'ask' | 'stop' | 'you' | 'answering' | 'stopped' | 'cannotAsk' | 'diagnosing';

export type FromPage =
  | { readonly type: 'ready' }
  | { readonly type: 'open'; readonly link: number }
  | { readonly type: 'preview' | 'apply' | 'undo'; readonly fix: number }
  | { readonly type: 'rerun' }
  | { readonly type: 'ask'; readonly question: string; readonly role: string }
  | { readonly type: 'stop' }
  | { readonly type: 'rate'; readonly fix: number | null; readonly verdict: Rating };
