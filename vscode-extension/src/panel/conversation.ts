import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import { ASK, ROLES, type AskParams, type AskResult, type RolesResult } from '../protocol';
import { isCancelled, messageOf, type Server } from '../server/server';
import type { ConversationView, TurnView } from './messages';

/** Follow-up questions about the newest diagnosis, one at a time. */
export class Conversation implements vscode.Disposable {
  private turns: TurnView[] = [];
  private roles: ConversationView['roles'] = [];
  private isKnown = true;
  private id: string | undefined;
  private running: vscode.CancellationTokenSource | undefined;
  private readonly changed = new vscode.EventEmitter<void>();

  readonly onDidChange = this.changed.event;

  constructor(private readonly server: Server) {}

  get view(): ConversationView {
    return { turns: this.turns, roles: this.roles, isKnown: this.isKnown };
  }

  /** Ask the server which roles there are; one that knows none cannot answer questions. */
  async learnRoles(): Promise<void> {
    try {
      const answer = await this.server.requestIfKnown<RolesResult>(ROLES, {});
      this.isKnown = answer !== undefined;
      this.roles = answer?.roles ?? [];
    } catch (error) {
      this.isKnown = false;
      this.roles = [];
      if (!isCancelled(error)) {
        throw error;
      }
    } finally {
      this.changed.fire();
    }
  }

  /** Forget all turns: they belong to an older diagnosis. */
  clear(): void {
    this.stop();
    this.turns = [];
    this.id = undefined;
    this.changed.fire();
  }

  /** Stop the answer that is being written; what there is of it stays. */
  stop(): void {
    this.running?.cancel();
  }

  /** Ask, and show the answer while it grows. */
  async ask(question: string, role: string): Promise<void> {
    this.stop();
    const source = new vscode.CancellationTokenSource();
    this.running = source;
    const turn = this.turns.length;
    this.set(turn, { question, role, answer: '', problems: [], state: 'answering' });
    let listening: vscode.Disposable | undefined;
    try {
      const client = await this.server.ready();
      const { onPartialAnswer } = await import('../server/client');
      const partialResultToken = randomUUID();
      listening = onPartialAnswer(client, partialResultToken, ({ text }) => this.change(turn, { answer: text }));
      const answer = await client.sendRequest<AskResult>(ASK, this.parameters(question, role, partialResultToken), source.token);
      this.id = answer.conversation;
      this.change(turn, { answer: answer.answer, problems: answer.problems, state: 'done' });
    } catch (error) {
      const problems = source.token.isCancellationRequested || isCancelled(error) ? [] : [messageOf(error)];
      this.change(turn, { problems, state: 'stopped' });
    } finally {
      listening?.dispose();
      source.dispose();
      if (this.running === source) {
        this.running = undefined;
      }
    }
  }

  dispose(): void {
    this.stop();
    this.changed.dispose();
  }

  private parameters(question: string, role: string, partialResultToken: string): AskParams {
    const editor = vscode.window.visibleTextEditors.find((one) => one.document.uri.scheme === 'file' && !one.selection.isEmpty);
    return {
      question,
      partialResultToken,
      ...(role === '' ? {} : { role }),
      ...(this.id === undefined ? {} : { conversation: this.id }),
      ...(editor === undefined ? {} : { textDocument: { uri: editor.document.uri.toString() }, range: editor.selection }),
    };
  }

  private set(turn: number, view: TurnView): void {
    this.turns = [...this.turns.slice(0, turn), view, ...this.turns.slice(turn + 1)];
    this.changed.fire();
  }

  private change(turn: number, changes: Partial<TurnView>): void {
    const view = this.turns[turn];
    if (view !== undefined) {
      this.set(turn, { ...view, ...changes });
    }
  }
}
