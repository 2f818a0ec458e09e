from flask import Flask, request

app = Flask(__name__)


@app.route("/calculate")
def calculate():
    formula = request.args.get("formula", "0")
    return {"result": eval(formula)}  <<security>>
