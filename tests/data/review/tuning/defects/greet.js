const root = document.querySelector("#greeting");
const params = new URLSearchParams(window.location.search);

root.innerHTML = "Hello " + params.get("name") + "!";  <<security>>
