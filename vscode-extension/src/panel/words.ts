import * as vscode from 'vscode';
import type { Words } from './messages';

/** Return the panel's words in the user's language. */
export function panelWords(): Words {
  const t = vscode.l10n.t;
  return {
    title: t('Qwen: Diagnosis'),
    nothing: t('Nothing has been diagnosed yet. Copy a failure\'s output and run "Qwen: Diagnose Error Log".'),
    rootCause: t('Root cause'),
    failure: t('Failure'),
    callChain: t('Call chain'),
    fixes: t('Fixes'),
    noFix: t('There is no fix to offer.'),
    problems: t('What could not be done'),
    preview: t('Preview'),
    apply: t('Apply'),
    undo: t('Undo'),
    applied: t('Applied'),
    changed: t('The code has changed since; diagnose the log again.'),
    rerun: t('Run {0} Again', '{0}'),
    good: t('Helpful'),
    bad: t('Not helpful'),
    added: t('added'),
    removed: t('removed'),
    questions: t('Questions'),
    question: t('Your question'),
    questionHint: t('Ctrl+Enter sends it'),
    role: t('Role'),
    ask: t('Ask'),
    stop: t('Stop'),
    you: t('You'),
    answering: t('Answering …'),
    stopped: t('Stopped.'),
    cannotAsk: t('This version of the server cannot answer questions.'),
    diagnosing: t('Diagnosing'),
  };
}
