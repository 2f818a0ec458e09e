def run(program):
    """Return the stack after a program of numbers and operators in reverse Polish notation."""
    stack = []
    for word in program.split():
        if word in {"+", "-", "*", "//"}:
            right, left = stack.pop(), stack.pop()
            if word == "+":
                stack.append(left + right)
            elif word == "-":
                stack.append(left - right)
            elif word == "*":
                stack.append(left * right)
            else:
                stack.append(left // right)
        else:
            stack.append(int(word))
    return stack
