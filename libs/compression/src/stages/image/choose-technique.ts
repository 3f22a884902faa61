import { regionOf } from './region-of.js';

/** The documented techniques; `transcode` stands for reading text out of an image and needs a reader of text. */
export type ImageTechnique = 'full_low' | 'preserve' | 'crop' | 'transcode';

/** The words of questions that only text in the image answers. */
const TEXT =
  /\b(?:read|transcribe|ocr|extract (?:the )?(?:text|words|table|data)|what does (?:it|this|that|the \w+) say|written|handwrit\w*|caption\w*|text|sign|label|document|receipt|invoice|form|letter|page|subtitle)\b/;
/** The words of questions that small details answer. */
const DETAIL =
  /\b(?:count|how many|number of|serial|exact\w*|precise\w*|detail\w*|small\w*|tiny|fine|zoom|measure\w*|pixel\w*|coordinate\w*|click|button|cursor|where (?:is|are)|locate|find|spot|differen\w*|compare|inspect|identify the \w+ (?:on|in)|digit\w*|value\w*|figure\w*|chart|graph|plot|axis|diagram|table|schematic|screenshot|screen|code|error|log|bug|ui|menu|price|date|time|license|plate|brand|model|font|logo|debug|fix|implement|build)\b/;
/** The words of questions that the gist answers. */
const GIST =
  /\b(?:what(?:'s| is| are)? (?:this|that|these|it|in (?:this|the)|shown|happening|going on)|what (?:animal|kind|type|sort|object|place|breed|colou?r|season|sport|food|fruit|plant|scene|style|mood|weather|room)|describe|summari[sz]e|overview|caption this|general\w*|overall|mood|scene|classify|categori[sz]e|which (?:animal|place|season)|is (?:this|it|there) an?|who is|guess|tell me about)\b/;

/**
 * What an image is needed for, from the question alone: its gist, a part of it, its text or its details. Without a
 * question that clearly asks for less, all of it.
 */
export function chooseTechnique(question: string): ImageTechnique {
  const words = question.slice(0, 2000).toLowerCase();
  if (regionOf(words) !== undefined) return 'crop';
  if (DETAIL.test(words))
    return TEXT.test(words) && !/\b(?:count|how many)\b/.test(words) ? 'transcode' : 'preserve';
  if (TEXT.test(words)) return 'transcode';
  return GIST.test(words) ? 'full_low' : 'preserve';
}
