type Color = { name: string; hex: string };

export const colors: Color[] = [
  { name: "red", hex: "#f00" },
  { name: "green", hex: "#0f0" }  <<syntax>>
  { name: "blue", hex: "#00f" },
];
