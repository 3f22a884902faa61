import { Module } from '@nestjs/common';
import { FeedbackController } from './feedback.controller.js';
import { TelemetryController } from './telemetry.controller.js';

@Module({ controllers: [FeedbackController, TelemetryController] })
export class FeedbackModule {}
