/** As the gateway publishes times: UTC with six fraction digits, of which the clock knows three. */
export const gatewayTime = (at: Date): string => at.toISOString().replace('Z', '000Z');
