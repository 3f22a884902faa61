import { Module } from '@nestjs/common';
import { MemoriesController } from './memories.controller.js';
import { MemoryTransferController } from './transfer/memory-transfer.controller.js';

@Module({ controllers: [MemoryTransferController, MemoriesController] })
export class MemoriesModule {}
