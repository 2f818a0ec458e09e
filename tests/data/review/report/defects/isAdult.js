function isAdult(person) {
  if (person.age = 18) {  <<logic>>
    return true;
  }
  return person.age > 18;
}

module.exports = { isAdult };
