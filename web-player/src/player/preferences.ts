import { readChoice, type Choice } from '../core/quality';

const QUALITY = 'millrace.quality';

/** The quality that was chosen last in this browser; storage may be forbidden, and then nothing is remembered. */
export function storedChoice(): Choice {
  try {
    return readChoice(localStorage.getItem(QUALITY));
  } catch {
    return readChoice(null);
  }
}

export function storeChoice(choice: Choice): void {
  try {
    localStorage.setItem(QUALITY, choice);
  } catch {
    // Then it holds for this page only.
  }
}
