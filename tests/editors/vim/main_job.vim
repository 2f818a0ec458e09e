" The main job as a user of ALE does it; run by test_vim.py in the folder of a program and its log.

" The prompt for the number of an action would read the terminal.
runtime autoload/ale/util.vim
let s:offered = []
function! ale#util#Input(message, value, ...) abort
  call add(s:offered, a:message)
  return '1'
endfunction

function! s:Finish(seen) abort
  call writefile([json_encode(a:seen)], $SEEN)
  qall!
endfunction

function! s:WaitFor(condition, what) abort
  let l:start = reltime()
  while !eval(a:condition)
    sleep 20m
    if reltimefloat(reltime(l:start)) > 60
      call s:Finish({'waited_for': a:what, 'messages': execute('messages')})
    endif
  endwhile
endfunction

edit shop.log
ALELint
let s:log = bufnr('')
edit shop.py
ALELint
let s:program = bufnr('')
let s:before = getline(1, '$')
for s:buffer in [s:log, s:program]
  call s:WaitFor('!ale#engine#IsCheckingBuffer(s:buffer)', 'the server')
endfor

execute 'buffer' s:log
execute "normal! ggVG\<Esc>"
'<,'>ALECodeAction
call s:WaitFor("get(get(ale#engine#GetLoclist(s:program), 0, {}), 'text', '') =~# 'empty cart'", 'the root cause')

execute 'buffer' s:program
let s:line = ale#engine#GetLoclist(s:program)[0].lnum
call cursor(s:line, 1)
ALECodeAction
call s:WaitFor("getline(1, '$') != s:before", 'the fix')
let s:after = getline(1, '$')
undo
let s:undone = getline(1, '$') == s:before
redo
write
call s:Finish({'offered': s:offered, 'line': s:line, 'after': s:after, 'undone': s:undone})
