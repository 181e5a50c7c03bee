// The check digit of EAN-8 and EAN-13: a misread bar becomes a refusal instead of another product.

/** True unless the text is all digits of an EAN's length and its last digit does not fit. */
export function isPlausible(text) {
  if (!/^(\d{8}|\d{13})$/.test(text)) return true;
  const digits = [...text].reverse().map(Number);
  const sum = digits.slice(1).reduce((total, digit, place) => total + digit * (place % 2 ? 1 : 3), 0);
  return (10 - (sum % 10)) % 10 === digits[0];
}
