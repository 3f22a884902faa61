import { writeFileSync } from 'node:fs';
import { GENERATED, generatedKernel } from './compile-kernel.js';

writeFileSync(GENERATED, await generatedKernel());
