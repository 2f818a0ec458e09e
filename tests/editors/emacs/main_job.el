;;; main_job.el --- the main job as a user of Eglot does it  -*- lexical-binding: t -*-

;; Run by test_emacs.py in the folder of a program and its log; prints JSON at the end.

(require 'cl-lib)
(require 'json)

(defvar offered nil "Titles of the code actions that were offered last.")

(setq completing-read-function
      (lambda (_prompt actions &rest _)
        (setq offered (mapcar #'car actions))
        (caar actions))
      ;; Otherwise Eglot takes it that the mouse was used and pops up a menu.
      last-nonmenu-event ?a
      eglot-sync-connect t)

(defun wait-for (condition)
  "Handle the server's messages until CONDITION returns non-nil; return that."
  (with-timeout (60 (error "Still waiting; said: %s" (with-current-buffer "*Messages*" (buffer-string))))
    (let (found)
      (while (not (setq found (funcall condition)))
        (accept-process-output nil 0.05))
      found)))

;; Eglot waits ten seconds for a command, less than many a model takes.  Here it gives up before the model's server
;; answers, which does so when something is written to the named pipe GO_ON.
(defvar gave-up nil)
(advice-add 'eglot-execute-command :around
            (lambda (execute &rest arguments)
              (let ((jrpc-default-request-timeout 0.2))
                (condition-case nil
                    (apply execute arguments)
                  (jsonrpc-error (setq gave-up t))))))

(defun text () (buffer-substring-no-properties (point-min) (point-max)))

(find-file "shop.log")
(find-file "shop.py")
(call-interactively #'eglot)
(flymake-start)
(let ((before (text))
      (program (current-buffer))
      log-actions line fix-actions after undone)
  (switch-to-buffer "shop.log")
  (eglot-code-actions (point-min) (point-max) nil t)
  (setq log-actions offered)
  (write-region "go on" nil (getenv "GO_ON") t 'silent)
  (switch-to-buffer program)
  (let ((diagnostic (wait-for
                     (lambda ()
                       (cl-find-if (lambda (one) (string-match-p "empty cart" (flymake-diagnostic-text one)))
                                   (flymake-diagnostics))))))
    (goto-char (flymake-diagnostic-beg diagnostic))
    (setq line (line-number-at-pos)))
  (undo-boundary)
  (eglot-code-actions (point) (point) nil t)
  (setq fix-actions offered
        after (text))
  (undo-boundary)
  (setq last-command nil)
  (undo)
  (setq undone (string= (text) before))
  (undo-boundary)
  (setq last-command nil)
  (undo)
  (let ((inhibit-message t)) (save-buffer))
  (princ (json-encode `((log_actions . ,(vconcat log-actions))
                        (gave_up . ,(if gave-up t :json-false))
                        (line . ,line)
                        (fix_actions . ,(vconcat fix-actions))
                        (after . ,after)
                        (undone . ,(if undone t :json-false)))))
  (eglot-shutdown (eglot-current-server)))
;;; main_job.el ends here
