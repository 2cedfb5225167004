/** A report may stand alone or beside another; what is a chapter in the one is a section in the other. */
export type Heading = 'h1' | 'h2' | 'h3' | 'h4';

export function headingBelow(heading: Heading): Heading {
  return heading === 'h1' ? 'h2' : heading === 'h2' ? 'h3' : 'h4';
}
