import * as vscode from 'vscode';
import type { Middleware } from 'vscode-languageclient/node';
import { DIAGNOSE_COMMAND, REVIEW_COMMAND, type ReviewParams } from './protocol';
import { readSettings } from './settings';

/** What the server's `Diagnose this error log` carries. */
interface SelectionArgument {
  readonly textDocument: { readonly uri: string };
  readonly range: { readonly start: { line: number; character: number }; readonly end: { line: number; character: number } };
}

/** Return the client's middleware: the off switches of each surface, and our own additions to the quick fixes. */
export function createMiddleware(
  diagnoseSelection: (text: string) => Promise<void>,
  review: (params: ReviewParams) => Promise<void>,
): Middleware {
  return {
    handleDiagnostics: (uri, diagnostics, next) => next(uri, readSettings().showsDiagnostics ? diagnostics : []),
    provideDiagnostics: async (document, previousResultId, token, next) =>
      readSettings().showsDiagnostics ? next(document, previousResultId, token) : undefined,
    provideHover: (document, position, token, next) => (readSettings().showsHover ? next(document, position, token) : undefined),
    provideCodeActions: async (document, range, context, token, next) => {
      if (!readSettings().showsQuickFixes) {
        return [];
      }
      const actions = (await next(document, range, context, token)) ?? [];
      return actions.flatMap((action) => withPreview(action));
    },
    executeCommand: async (command, parameters: unknown[], next) => {
      // Ours show progress, can be cancelled, and say what came of it.
      if (command === REVIEW_COMMAND) {
        return review(parameters[0] as ReviewParams);
      }
      const selected = command === DIAGNOSE_COMMAND ? await selectedText(parameters[0]) : undefined;
      return selected === undefined ? ((await next(command, parameters)) as unknown) : diagnoseSelection(selected);
    },
  };
}

/** Return the action, and for a fix of a diagnosis a second one that shows what it changes. */
function withPreview(action: vscode.CodeAction | vscode.Command): (vscode.CodeAction | vscode.Command)[] {
  const fix = action instanceof vscode.CodeAction ? fixOf(action) : undefined;
  if (fix === undefined || !(action instanceof vscode.CodeAction) || action.disabled !== undefined) {
    return [action];
  }
  const preview = new vscode.CodeAction(vscode.l10n.t('Preview: {0}', action.title), vscode.CodeActionKind.QuickFix);
  preview.diagnostics = action.diagnostics ?? [];
  // Without arguments for the first, which is what the command previews then: VS Code forgets the arguments when it asks for
  // actions again, also while the menu is open.
  preview.command = { title: preview.title, command: 'qwenLsp.previewFix', ...(fix === 0 ? {} : { arguments: [fix] }) };
  return [action, preview];
}

/** The server's index of a diagnosis' fix; vscode-languageclient keeps an action's data on its own class. */
function fixOf(action: vscode.CodeAction): number | undefined {
  const { fix, of } = (action as { data?: { fix?: unknown; of?: unknown } }).data ?? {};
  // An older server does not say what it is a fix of.
  return typeof fix === 'number' && (of ?? 'diagnosis') === 'diagnosis' ? fix : undefined;
}

async function selectedText(argument: unknown): Promise<string | undefined> {
  const { textDocument, range } = (argument ?? {}) as Partial<SelectionArgument>;
  if (textDocument === undefined || range === undefined) {
    return undefined;
  }
  const document = await vscode.workspace.openTextDocument(vscode.Uri.parse(textDocument.uri));
  const { start, end } = range;
  return document.getText(new vscode.Range(start.line, start.character, end.line, end.character));
}
