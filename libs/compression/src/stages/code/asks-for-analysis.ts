/** Words by which a user asks to work on the code itself, as the documentation lists them, and their like. */
const ANALYSIS =
  /\b(?:analy[sz](?:e[sd]?|ing|is)|review(?:s|ed|ing)?|explain(?:s|ed|ing)?|explanation|fix(?:e[sd])?|fixing|debug(?:s|ged|ging)?|refactor(?:s|ed|ing)?|optimi[sz](?:e[sd]?|ing)|improve[sd]?|improving|audit(?:s|ed|ing)?|inspect(?:s|ed|ing)?|diagnos(?:e[sd]?|ing)|investigat(?:e[sd]?|ing)|troubleshoot(?:s|ing)?|critique|walk (?:me )?through)\b/i;

const QUESTION_CHARACTERS = 20_000;

/** True where the user's question needs the code whole. */
export function asksForAnalysis(query: string): boolean {
  return ANALYSIS.test(query.slice(0, QUESTION_CHARACTERS));
}
