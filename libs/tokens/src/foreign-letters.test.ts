import { getTokenizer } from '@anthropic-ai/tokenizer';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { foreignLetterTokens } from './foreign-letters.js';
import { loadTokenCounter } from './index.js';

/** Other sentences than those that the weights were fitted to. */
const SENTENCES: readonly [string, string][] = [
  ['Chinese', '服务器在凌晨三点重新启动，日志显示内存不足。请运维人员尽快处理，并把结果写入报告。'],
  [
    'Japanese',
    'サーバーは午前三時に再起動し、ログにはメモリ不足と表示されています。早めに対応してください。',
  ],
  ['Korean', '서버가 새벽 세 시에 다시 시작되었고 로그에는 메모리 부족이라고 나옵니다. 빨리 처리해 주세요.'],
  [
    'Russian',
    'Сервер перезапустился в три часа ночи, в журнале указана нехватка памяти. Исправьте это поскорее.',
  ],
  ['Arabic', 'أعيد تشغيل الخادم في الثالثة صباحا، ويظهر السجل نقصا في الذاكرة. نرجو معالجة المشكلة بسرعة.'],
  ['Hindi', 'सर्वर सुबह तीन बजे फिर से शुरू हुआ और लॉग में मेमोरी की कमी दिख रही है। कृपया जल्दी ठीक करें।'],
  ['Greek', 'Ο διακομιστής επανεκκινήθηκε στις τρεις το πρωί και το αρχείο δείχνει έλλειψη μνήμης.'],
  ['Thai', 'เซิร์ฟเวอร์เริ่มทำงานใหม่ตอนตีสาม และบันทึกแสดงว่าหน่วยความจำไม่พอ กรุณาแก้ไขโดยเร็ว'],
  [
    'French',
    'Le serveur a redémarré à trois heures du matin ; le journal révèle un manque de mémoire. Réparez-le vite.',
  ],
  [
    'German',
    'Der Server wurde um drei Uhr früh neu gestartet; laut Protokoll fehlte Speicher. Bitte möglichst bald prüfen.',
  ],
];

describe('the cost of other scripts', () => {
  const reference = getTokenizer();

  it.each(SENTENCES)(
    'brings estimates for %s within 25 %% of the published encoding',
    async (_, sentence) => {
      const counter = await loadTokenCounter('claude-sonnet-4-5');
      const text = `${sentence} `.repeat(4);
      const expected = reference.encode(text.normalize('NFKC'), 'all').length;
      expect(counter.countText(text) / expected).toBeGreaterThan(0.75);
      expect(counter.countText(text) / expected).toBeLessThan(1.25);
    },
  );

  it('is nothing for ASCII, and never negative', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const tokens = foreignLetterTokens(text);
        expect(tokens).toBeGreaterThanOrEqual(0);
        if (/^[\x00-\x7f]*$/.test(text)) expect(tokens).toBe(0);
      }),
    );
  });
});
