/** Base form, then the forms that no suffix rule brings back to it; those that mostly mean something else are left out. */
const FORMS = `
  arise arose arisen; awake awoke awoken; become became; begin began begun; bend bent; bite bit bitten; bleed bled;
  blow blew blown; break broke broken; breed bred; bring brought; build built; burn burnt; buy bought; catch caught;
  choose chose chosen; cling clung; come came; creep crept; deal dealt; dig dug; draw drew drawn; dream dreamt;
  drink drank drunk; drive drove driven; eat ate eaten; fall fell fallen; feed fed; feel felt; fight fought; find found;
  flee fled; fling flung; fly flew flown; forbid forbade forbidden; forget forgot forgotten; forgive forgave forgiven;
  freeze froze frozen; get got gotten; give gave given; go went gone; grow grew grown; hang hung; hear heard;
  hide hid hidden; hold held; keep kept; kneel knelt; know knew known; lead led; lean leant; leap leapt; learn learnt;
  lend lent; light lit; lose lost; make made; mean meant; meet met; mistake mistook mistaken; pay paid; ride rode ridden;
  ring rang rung; rise risen; run ran; say said; see saw seen; seek sought; sell sold; send sent; sew sewn; shake shook shaken;
  shine shone; shoot shot; show shown; shrink shrank shrunk; sing sang sung; sink sank sunk; sit sat; sleep slept;
  slide slid; speak spoke spoken; spend spent; spin spun; spring sprang sprung; stand stood; steal stole stolen;
  stick stuck; sting stung; strike struck stricken; strive strove striven; swear swore sworn; sweep swept; swell swollen;
  swim swam swum; swing swung; take took taken; teach taught; tear tore torn; tell told; think thought; throw threw thrown;
  understand understood; undertake undertook undertaken; wake woke woken; wear wore worn; weave wove woven; weep wept;
  win won; withdraw withdrew withdrawn; write wrote written;
  child children; man men; woman women; foot feet; tooth teeth; goose geese; mouse mice; wife wives; knife knives;
  life lives; half halves; shelf shelves; wolf wolves; thief thieves; loaf loaves; calf calves; person people`;

/** The base form of irregular English verbs and nouns: `bought` → `buy`, `children` → `child`. */
export const BASE_FORMS: ReadonlyMap<string, string> = new Map(
  FORMS.split(';').flatMap((line) => {
    const [base = '', ...forms] = line.trim().split(/\s+/);
    return forms.map((form) => [form, base] as const);
  }),
);
