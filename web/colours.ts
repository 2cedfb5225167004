/** A colour of the style sheet, as it is now: light, dark or paper. */
export function colourOf(element: Element, name: string): string {
  return getComputedStyle(element).getPropertyValue(name).trim();
}
