function sumAll(values) {
  let sum = 0;
  for (let i = 0; i <= values.length; i++) {  <<logic>>
    sum += values[i];
  }
  return sum;
}
module.exports = { sumAll };
