// Made from packages/contract by npm run generate.
import type { CallShape } from "./call-shape.ts";

/** Every call of {@link StanchionServer}, by group and name. */
export const serverCalls = {
  guests: {
    /**
     * Start a guest session.
     *
     * @throws {StanchionError} RATE_LIMITED and what every call can throw.
     */
    create: {
      operation: "createGuest",
      method: "POST",
      path: "/api/v1/auth/guest",
      input: "none",
      answer: "json",
      isPublic: false,
    },
  },
  sessions: {
    /**
     * Exchange a refresh token for new tokens.
     *
     * @throws {StanchionError} INVALID_TOKEN, TOKEN_REUSED, TOKEN_EXPIRED, FP002, VALIDATION_ERROR and what every call can throw.
     */
    refresh: {
      operation: "refreshSession",
      method: "POST",
      path: "/api/v1/auth/refresh",
      input: "body",
      answer: "json",
      isPublic: false,
    },
  },
  codes: {
    /**
     * Send a one-time code by mail; codes sent before are good no more.
     *
     * @throws {StanchionError} QUOTA_EXCEEDED, VALIDATION_ERROR and what every call can throw.
     */
    request: {
      operation: "requestCode",
      method: "POST",
      path: "/api/v1/auth/otp/request",
      input: "body",
      answer: "json",
      isPublic: false,
    },
    /**
     * Sign in with a one-time code; with a guest's token the guest becomes that person and keeps every place.
     *
     * @throws {StanchionError} INVALID_OTP, OTP_EXPIRED, IDENTITY_TAKEN, VALIDATION_ERROR and what every call can throw.
     */
    verify: {
      operation: "verifyCode",
      method: "POST",
      path: "/api/v1/auth/otp/verify",
      input: "body",
      answer: "json",
      isPublic: false,
    },
  },
  externalAccounts: {
    /**
     * Vouch for a person of the shop's own accounts; the answer's code is good once, for a minute.
     *
     * @throws {StanchionError} VALIDATION_ERROR and what every call can throw.
     */
    authorize: {
      operation: "authorizeExternalAccount",
      method: "POST",
      path: "/api/v1/auth/external/authorize",
      input: "body",
      answer: "json",
      isPublic: false,
    },
    /**
     * Sign in with the code of an outside account; with a guest's token the guest becomes that person and keeps every place.
     *
     * @throws {StanchionError} IDENTITY_TAKEN, VALIDATION_ERROR and what every call can throw.
     */
    exchange: {
      operation: "exchangeExternalAccount",
      method: "POST",
      path: "/api/v1/auth/external/exchange",
      input: "body",
      answer: "json",
      isPublic: false,
    },
  },
  carryCodes: {
    /**
     * Go on here with what another device has: its places are this device's, and its session is over.
     *
     * @throws {StanchionError} VALIDATION_ERROR and what every call can throw.
     */
    exchange: {
      operation: "exchangeCarryCode",
      method: "POST",
      path: "/api/v1/auth/carry/exchange",
      input: "body",
      answer: "json",
      isPublic: false,
    },
  },
  consumers: {
    /**
     * Create a consumer.
     *
     * @throws {StanchionError} ALREADY_EXISTS, VALIDATION_ERROR and what every call can throw.
     */
    create: {
      operation: "createConsumer",
      method: "POST",
      path: "/api/v1/consumers",
      input: "body",
      answer: "json",
      isPublic: false,
    },
    /**
     * Create up to 500 consumers, each judged by itself.
     *
     * @throws {StanchionError} VALIDATION_ERROR and what every call can throw.
     */
    batch: {
      operation: "batchConsumers",
      method: "POST",
      path: "/api/v1/consumers/batch",
      input: "body",
      answer: "json",
      isPublic: false,
    },
    /**
     * List consumers, newest first.
     *
     * @throws {StanchionError} RATE_LIMITED and what every call can throw.
     */
    list: {
      operation: "listConsumers",
      method: "GET",
      path: "/api/v1/consumers",
      input: "query",
      answer: "list",
      isPublic: false,
    },
    /**
     * Read a consumer, and where it takes part.
     *
     * @throws {StanchionError} OTHER_ORGANIZATION, CONSUMER_NOT_FOUND and what every call can throw.
     */
    read: {
      operation: "readConsumer",
      method: "GET",
      path: "/api/v1/consumers/{consumerId}",
      input: "none",
      answer: "json",
      isPublic: false,
    },
    /**
     * Change a consumer by a merge patch.
     *
     * @throws {StanchionError} OTHER_ORGANIZATION, CONSUMER_NOT_FOUND, VALIDATION_ERROR and what every call can throw.
     */
    update: {
      operation: "updateConsumer",
      method: "PATCH",
      path: "/api/v1/consumers/{consumerId}",
      input: "body",
      answer: "json",
      isPublic: false,
    },
    /**
     * Delete a consumer who waits nowhere and holds no admission.
     *
     * @throws {StanchionError} OTHER_ORGANIZATION, CONSUMER_NOT_FOUND, RESOURCE_IN_USE and what every call can throw.
     */
    delete: {
      operation: "deleteConsumer",
      method: "DELETE",
      path: "/api/v1/consumers/{consumerId}",
      input: "none",
      answer: "nothing",
      isPublic: false,
    },
    /**
     * Export everything that is kept of a person, deleted or not.
     *
     * @throws {StanchionError} OTHER_ORGANIZATION, CONSUMER_NOT_FOUND and what every call can throw.
     */
    export: {
      operation: "exportConsumer",
      method: "GET",
      path: "/api/v1/consumers/{consumerId}/export",
      input: "none",
      answer: "json",
      isPublic: false,
    },
    /**
     * Erase what is personal of a consumer, deleted or not, who waits nowhere and holds no admission.
     *
     * @throws {StanchionError} OTHER_ORGANIZATION, CONSUMER_NOT_FOUND, RESOURCE_IN_USE and what every call can throw.
     */
    erase: {
      operation: "eraseConsumer",
      method: "POST",
      path: "/api/v1/consumers/{consumerId}/erase",
      input: "none",
      answer: "json",
      isPublic: false,
    },
  },
  products: {
    /**
     * Create a product, with its variants.
     *
     * @throws {StanchionError} ALREADY_EXISTS, VALIDATION_ERROR and what every call can throw.
     */
    create: {
      operation: "createProduct",
      method: "POST",
      path: "/api/v1/products",
      input: "body",
      answer: "json",
      isPublic: false,
    },
    /**
     * List products, newest first.
     *
     * @throws {StanchionError} RATE_LIMITED and what every call can throw.
     */
    list: {
      operation: "listProducts",
      method: "GET",
      path: "/api/v1/products",
      input: "query",
      answer: "list",
      isPublic: false,
    },
    /**
     * All products as CSV, oldest first, a line for each variant; no cell is a formula.
     *
     * @throws {StanchionError} RATE_LIMITED and what every call can throw.
     */
    export: {
      operation: "exportProducts",
      method: "GET",
      path: "/api/v1/products/export",
      input: "query",
      answer: "text",
      isPublic: false,
    },
    /**
     * Create and change products by a CSV table, all of it or nothing.
     *
     * @throws {StanchionError} RESOURCE_IN_USE, VALIDATION_ERROR and what every call can throw.
     */
    import: {
      operation: "importProducts",
      method: "POST",
      path: "/api/v1/products/import",
      input: "text",
      answer: "json",
      isPublic: false,
    },
    /**
     * Read a product.
     *
     * @throws {StanchionError} OTHER_ORGANIZATION, PRODUCT_NOT_FOUND and what every call can throw.
     */
    read: {
      operation: "readProduct",
      method: "GET",
      path: "/api/v1/products/{productId}",
      input: "none",
      answer: "json",
      isPublic: false,
    },
    /**
     * Change a product by a merge patch; a list of variants replaces the present one.
     *
     * @throws {StanchionError} OTHER_ORGANIZATION, PRODUCT_NOT_FOUND, ALREADY_EXISTS, RESOURCE_IN_USE, VALIDATION_ERROR and what every call can throw.
     */
    update: {
      operation: "updateProduct",
      method: "PATCH",
      path: "/api/v1/products/{productId}",
      input: "body",
      answer: "json",
      isPublic: false,
    },
    /**
     * Delete a product that no experience offers, with its variants; their SKUs are free again.
     *
     * @throws {StanchionError} OTHER_ORGANIZATION, PRODUCT_NOT_FOUND, RESOURCE_IN_USE and what every call can throw.
     */
    delete: {
      operation: "deleteProduct",
      method: "DELETE",
      path: "/api/v1/products/{productId}",
      input: "none",
      answer: "nothing",
      isPublic: false,
    },
  },
  experiences: {
    /**
     * Create an experience, with the products that it offers.
     *
     * @throws {StanchionError} ALREADY_EXISTS, INVALID_STATE, VALIDATION_ERROR and what every call can throw.
     */
    create: {
      operation: "createExperience",
      method: "POST",
      path: "/api/v1/experiences",
      input: "body",
      answer: "json",
      isPublic: false,
    },
    /**
     * List experiences, newest first, without what they offer.
     *
     * @throws {StanchionError} RATE_LIMITED and what every call can throw.
     */
    list: {
      operation: "listExperiences",
      method: "GET",
      path: "/api/v1/experiences",
      input: "query",
      answer: "list",
      isPublic: false,
    },
    /**
     * Read an experience and what it offers.
     *
     * @throws {StanchionError} OTHER_ORGANIZATION, EXPERIENCE_NOT_FOUND and what every call can throw.
     */
    read: {
      operation: "readExperience",
      method: "GET",
      path: "/api/v1/experiences/{experienceId}",
      input: "none",
      answer: "json",
      isPublic: false,
    },
    /**
     * Change an experience by a merge patch.
     *
     * @throws {StanchionError} OTHER_ORGANIZATION, EXPERIENCE_NOT_FOUND, INVALID_STATE, VALIDATION_ERROR and what every call can throw.
     */
    update: {
      operation: "updateExperience",
      method: "PATCH",
      path: "/api/v1/experiences/{experienceId}",
      input: "body",
      answer: "json",
      isPublic: false,
    },
    /**
     * Delete an experience that has no sequences.
     *
     * @throws {StanchionError} OTHER_ORGANIZATION, EXPERIENCE_NOT_FOUND, RESOURCE_IN_USE and what every call can throw.
     */
    delete: {
      operation: "deleteExperience",
      method: "DELETE",
      path: "/api/v1/experiences/{experienceId}",
      input: "none",
      answer: "nothing",
      isPublic: false,
    },
  },
  sequences: {
    /**
     * Create a sequence inside an experience.
     *
     * @throws {StanchionError} ALREADY_EXISTS, VALIDATION_ERROR and what every call can throw.
     */
    create: {
      operation: "createSequence",
      method: "POST",
      path: "/api/v1/sequences",
      input: "body",
      answer: "json",
      isPublic: false,
    },
    /**
     * List sequences, newest first.
     *
     * @throws {StanchionError} RATE_LIMITED and what every call can throw.
     */
    list: {
      operation: "listSequences",
      method: "GET",
      path: "/api/v1/sequences",
      input: "query",
      answer: "list",
      isPublic: false,
    },
    /**
     * Read a sequence.
     *
     * @throws {StanchionError} OTHER_ORGANIZATION, SEQUENCE_NOT_FOUND and what every call can throw.
     */
    read: {
      operation: "readSequence",
      method: "GET",
      path: "/api/v1/sequences/{sequenceId}",
      input: "none",
      answer: "json",
      isPublic: false,
    },
    /**
     * Change a sequence by a merge patch.
     *
     * @throws {StanchionError} OTHER_ORGANIZATION, SEQUENCE_NOT_FOUND, VALIDATION_ERROR and what every call can throw.
     */
    update: {
      operation: "updateSequence",
      method: "PATCH",
      path: "/api/v1/sequences/{sequenceId}",
      input: "body",
      answer: "json",
      isPublic: false,
    },
    /**
     * Delete a sequence that has no distributions.
     *
     * @throws {StanchionError} OTHER_ORGANIZATION, SEQUENCE_NOT_FOUND, RESOURCE_IN_USE and what every call can throw.
     */
    delete: {
      operation: "deleteSequence",
      method: "DELETE",
      path: "/api/v1/sequences/{sequenceId}",
      input: "none",
      answer: "nothing",
      isPublic: false,
    },
  },
  queues: {
    /**
     * Create a queue; without a sequence it gets an experience and a sequence of its own.
     *
     * @throws {StanchionError} ALREADY_EXISTS, QUOTA_EXCEEDED, VALIDATION_ERROR and what every call can throw.
     */
    create: {
      operation: "createQueue",
      method: "POST",
      path: "/api/v1/queues",
      input: "body",
      answer: "json",
      isPublic: false,
    },
    /**
     * List queues, newest first.
     *
     * @throws {StanchionError} RATE_LIMITED and what every call can throw.
     */
    list: {
      operation: "listQueues",
      method: "GET",
      path: "/api/v1/queues",
      input: "query",
      answer: "list",
      isPublic: false,
    },
    /**
     * Read a queue; a publishable key sees what is public of it.
     *
     * @throws {StanchionError} OTHER_ORGANIZATION, QUEUE_NOT_FOUND and what every call can throw.
     */
    read: {
      operation: "readQueue",
      method: "GET",
      path: "/api/v1/queues/{queueId}",
      input: "none",
      answer: "json",
      isPublic: false,
    },
    /**
     * Change a queue by a merge patch.
     *
     * @throws {StanchionError} OTHER_ORGANIZATION, QUEUE_NOT_FOUND, INVALID_STATE, VALIDATION_ERROR and what every call can throw.
     */
    update: {
      operation: "updateQueue",
      method: "PATCH",
      path: "/api/v1/queues/{queueId}",
      input: "body",
      answer: "json",
      isPublic: false,
    },
    /**
     * Delete a queue in which nobody waits or is admitted.
     *
     * @throws {StanchionError} OTHER_ORGANIZATION, QUEUE_NOT_FOUND, RESOURCE_IN_USE and what every call can throw.
     */
    delete: {
      operation: "deleteQueue",
      method: "DELETE",
      path: "/api/v1/queues/{queueId}",
      input: "none",
      answer: "nothing",
      isPublic: false,
    },
    /**
     * Open a scheduled queue now.
     *
     * @throws {StanchionError} OTHER_ORGANIZATION, QUEUE_NOT_FOUND, CONCURRENT_MODIFICATION, INVALID_STATE and what every call can throw.
     */
    open: {
      operation: "openQueue",
      method: "POST",
      path: "/api/v1/queues/{queueId}/open",
      input: "none",
      answer: "json",
      isPublic: false,
    },
    /**
     * Stop admitting; joining goes on and every place is kept.
     *
     * @throws {StanchionError} OTHER_ORGANIZATION, QUEUE_NOT_FOUND, CONCURRENT_MODIFICATION, INVALID_STATE and what every call can throw.
     */
    pause: {
      operation: "pauseQueue",
      method: "POST",
      path: "/api/v1/queues/{queueId}/pause",
      input: "none",
      answer: "json",
      isPublic: false,
    },
    /**
     * Go on admitting.
     *
     * @throws {StanchionError} OTHER_ORGANIZATION, QUEUE_NOT_FOUND, CONCURRENT_MODIFICATION, INVALID_STATE and what every call can throw.
     */
    resume: {
      operation: "resumeQueue",
      method: "POST",
      path: "/api/v1/queues/{queueId}/resume",
      input: "none",
      answer: "json",
      isPublic: false,
    },
    /**
     * Take no more joins; with drain false, end it for those who still wait as well.
     *
     * @throws {StanchionError} OTHER_ORGANIZATION, QUEUE_NOT_FOUND, CONCURRENT_MODIFICATION and what every call can throw.
     */
    close: {
      operation: "closeQueue",
      method: "POST",
      path: "/api/v1/queues/{queueId}/close",
      input: "body",
      answer: "json",
      isPublic: false,
    },
  },
  boards: {
    /**
     * The public board of the line, the same for everybody and cacheable.
     *
     * @throws {StanchionError} QUEUE_NOT_FOUND and what every call can throw.
     */
    read: {
      operation: "readBoard",
      method: "GET",
      path: "/api/v1/queues/{queueId}/now-serving",
      input: "none",
      answer: "json",
      isPublic: true,
    },
    /**
     * The board as server-sent events: board, then changes.
     *
     * @throws {StanchionError} QUEUE_NOT_FOUND and what every call can throw.
     */
    stream: {
      operation: "streamBoard",
      method: "GET",
      path: "/api/v1/queues/{queueId}/stream",
      input: "none",
      answer: "events",
      isPublic: true,
    },
  },
  departedSegments: {
    /**
     * The 512-byte bitmap of who does not wait any more in one segment of ranks.
     *
     * @throws {StanchionError} QUEUE_NOT_FOUND, SEGMENT_NOT_FOUND and what every call can throw.
     */
    read: {
      operation: "readDepartedSegment",
      method: "GET",
      path: "/api/v1/queues/{queueId}/departed/{segment}",
      input: "none",
      answer: "bytes",
      isPublic: true,
    },
  },
  queueProofs: {
    /**
     * All that it takes to check the order that was drawn at the opening, but for the leaves.
     *
     * @throws {StanchionError} QUEUE_NOT_FOUND and what every call can throw.
     */
    read: {
      operation: "readQueueProof",
      method: "GET",
      path: "/api/v1/queues/{queueId}/proof",
      input: "none",
      answer: "json",
      isPublic: true,
    },
  },
  queueLeaves: {
    /**
     * Everybody who came before the opening, a leaf of the tree in each line.
     *
     * @throws {StanchionError} QUEUE_NOT_FOUND, INVALID_STATE and what every call can throw.
     */
    read: {
      operation: "readQueueLeaves",
      method: "GET",
      path: "/api/v1/queues/{queueId}/proof/leaves",
      input: "none",
      answer: "bytes",
      isPublic: true,
    },
  },
  entries: {
    /**
     * Admit one waiting consumer now, out of order and on the record.
     *
     * @throws {StanchionError} OTHER_ORGANIZATION, QUEUE_NOT_FOUND, NOT_IN_QUEUE, CONCURRENT_MODIFICATION, ADMISSION_EXPIRED, ALREADY_COMPLETED, ADMISSIONS_EXHAUSTED, OUT_OF_STOCK, INVALID_STATE, VALIDATION_ERROR and what every call can throw.
     */
    admit: {
      operation: "admitEntry",
      method: "POST",
      path: "/api/v1/queues/{queueId}/admit",
      input: "body",
      answer: "json",
      isPublic: false,
    },
    /**
     * Take a consumer out of the line or take back the admission.
     *
     * @throws {StanchionError} OTHER_ORGANIZATION, QUEUE_NOT_FOUND, NOT_IN_QUEUE, CONCURRENT_MODIFICATION, ADMISSION_EXPIRED, ALREADY_COMPLETED, INVALID_STATE, VALIDATION_ERROR and what every call can throw.
     */
    deny: {
      operation: "denyEntry",
      method: "POST",
      path: "/api/v1/queues/{queueId}/deny",
      input: "body",
      answer: "json",
      isPublic: false,
    },
    /**
     * Report that the admitted consumer has bought.
     *
     * @throws {StanchionError} OTHER_ORGANIZATION, QUEUE_NOT_FOUND, NOT_IN_QUEUE, CONCURRENT_MODIFICATION, ADMISSION_EXPIRED, ADMISSION_USED, INVALID_STATE, VALIDATION_ERROR and what every call can throw.
     */
    complete: {
      operation: "completeEntry",
      method: "POST",
      path: "/api/v1/queues/{queueId}/complete",
      input: "body",
      answer: "json",
      isPublic: false,
    },
  },
  admissions: {
    /**
     * Check an admission token; consumes nothing.
     *
     * @throws {StanchionError} INVALID_TOKEN, TOKEN_EXPIRED, OTHER_ORGANIZATION, FP002, QUEUE_NOT_FOUND, ADMISSION_EXPIRED, ADMISSION_USED, INVALID_STATE, VALIDATION_ERROR and what every call can throw.
     */
    validate: {
      operation: "validateAdmission",
      method: "POST",
      path: "/api/v1/queues/{queueId}/validate",
      input: "body",
      answer: "json",
      isPublic: false,
    },
  },
  fairnessLogs: {
    /**
     * What became of an organization's draws and lines, oldest first: entries, a signed head, and proofs.
     *
     * @throws {StanchionError} ORGANIZATION_NOT_FOUND and what every call can throw.
     */
    read: {
      operation: "readFairnessLog",
      method: "GET",
      path: "/api/v1/organizations/{organizationId}/fairness-log",
      input: "query",
      answer: "json",
      isPublic: true,
    },
  },
  beacons: {
    /**
     * Ask a randomness beacon for a round that came lately, to know before a draw that it can be reached.
     *
     * @throws {StanchionError} RATE_LIMITED and what every call can throw.
     */
    read: {
      operation: "readBeacon",
      method: "GET",
      path: "/api/v1/beacon",
      input: "query",
      answer: "json",
      isPublic: false,
    },
  },
  draws: {
    /**
     * Create a draw; without a sequence it gets an experience and a sequence of its own.
     *
     * @throws {StanchionError} ALREADY_EXISTS, QUOTA_EXCEEDED, OUT_OF_STOCK, VALIDATION_ERROR and what every call can throw.
     */
    create: {
      operation: "createDraw",
      method: "POST",
      path: "/api/v1/draws",
      input: "body",
      answer: "json",
      isPublic: false,
    },
    /**
     * List draws, newest first.
     *
     * @throws {StanchionError} RATE_LIMITED and what every call can throw.
     */
    list: {
      operation: "listDraws",
      method: "GET",
      path: "/api/v1/draws",
      input: "query",
      answer: "list",
      isPublic: false,
    },
    /**
     * Read a draw with its rules; a publishable key sees what is public of it.
     *
     * @throws {StanchionError} OTHER_ORGANIZATION, DRAW_NOT_FOUND and what every call can throw.
     */
    read: {
      operation: "readDraw",
      method: "GET",
      path: "/api/v1/draws/{drawId}",
      input: "none",
      answer: "json",
      isPublic: false,
    },
    /**
     * Change a draw by a merge patch; its rules only until the first entry.
     *
     * @throws {StanchionError} OTHER_ORGANIZATION, DRAW_NOT_FOUND, OUT_OF_STOCK, INVALID_STATE, VALIDATION_ERROR and what every call can throw.
     */
    update: {
      operation: "updateDraw",
      method: "PATCH",
      path: "/api/v1/draws/{drawId}",
      input: "body",
      answer: "json",
      isPublic: false,
    },
    /**
     * Delete a draw in which nobody is.
     *
     * @throws {StanchionError} OTHER_ORGANIZATION, DRAW_NOT_FOUND, RESOURCE_IN_USE and what every call can throw.
     */
    delete: {
      operation: "deleteDraw",
      method: "DELETE",
      path: "/api/v1/draws/{drawId}",
      input: "none",
      answer: "nothing",
      isPublic: false,
    },
    /**
     * Cancel a draw before its result is out, in public and for good.
     *
     * @throws {StanchionError} OTHER_ORGANIZATION, DRAW_NOT_FOUND, CONCURRENT_MODIFICATION, INVALID_STATE and what every call can throw.
     */
    cancel: {
      operation: "cancelDraw",
      method: "POST",
      path: "/api/v1/draws/{drawId}/cancel",
      input: "none",
      answer: "json",
      isPublic: false,
    },
    /**
     * How far a draw has come, as server-sent events: draw, then changes.
     *
     * @throws {StanchionError} DRAW_NOT_FOUND and what every call can throw.
     */
    stream: {
      operation: "streamDraw",
      method: "GET",
      path: "/api/v1/draws/{drawId}/stream",
      input: "none",
      answer: "events",
      isPublic: true,
    },
  },
  drawEntries: {
    /**
     * Take a consumer out of a draw before its list is frozen, for one of three reasons that the proof names.
     *
     * @throws {StanchionError} OTHER_ORGANIZATION, DRAW_NOT_FOUND, NOT_IN_DRAW, CONCURRENT_MODIFICATION, INVALID_STATE, VALIDATION_ERROR and what every call can throw.
     */
    remove: {
      operation: "removeDrawEntry",
      method: "POST",
      path: "/api/v1/draws/{drawId}/remove",
      input: "body",
      answer: "json",
      isPublic: false,
    },
    /**
     * Take a win back, for one of three reasons that the proof names.
     *
     * @throws {StanchionError} OTHER_ORGANIZATION, DRAW_NOT_FOUND, NOT_IN_DRAW, CONCURRENT_MODIFICATION, ADMISSION_EXPIRED, ALREADY_COMPLETED, INVALID_STATE, VALIDATION_ERROR and what every call can throw.
     */
    deny: {
      operation: "denyDrawEntry",
      method: "POST",
      path: "/api/v1/draws/{drawId}/deny",
      input: "body",
      answer: "json",
      isPublic: false,
    },
    /**
     * Report that the winner has bought.
     *
     * @throws {StanchionError} OTHER_ORGANIZATION, DRAW_NOT_FOUND, NOT_IN_DRAW, CONCURRENT_MODIFICATION, ADMISSION_EXPIRED, ADMISSION_USED, INVALID_STATE, VALIDATION_ERROR and what every call can throw.
     */
    complete: {
      operation: "completeDrawEntry",
      method: "POST",
      path: "/api/v1/draws/{drawId}/complete",
      input: "body",
      answer: "json",
      isPublic: false,
    },
  },
  drawProofs: {
    /**
     * All that it takes to check a draw, as far as it has come.
     *
     * @throws {StanchionError} DRAW_NOT_FOUND and what every call can throw.
     */
    read: {
      operation: "readDrawProof",
      method: "GET",
      path: "/api/v1/draws/{drawId}/proof",
      input: "none",
      answer: "json",
      isPublic: true,
    },
  },
  drawLeaves: {
    /**
     * The list of a frozen draw, a leaf of its tree on each line.
     *
     * @throws {StanchionError} DRAW_NOT_FOUND, INVALID_STATE and what every call can throw.
     */
    read: {
      operation: "readDrawLeaves",
      method: "GET",
      path: "/api/v1/draws/{drawId}/proof/leaves",
      input: "none",
      answer: "bytes",
      isPublic: true,
    },
  },
  drawEntryProofs: {
    /**
     * One entry's leaf and its way to the root of a frozen draw's list.
     *
     * @throws {StanchionError} DRAW_NOT_FOUND, ENTRY_NOT_FOUND, INVALID_STATE and what every call can throw.
     */
    read: {
      operation: "readDrawEntryProof",
      method: "GET",
      path: "/api/v1/draws/{drawId}/proof/entries/{entryId}",
      input: "none",
      answer: "json",
      isPublic: true,
    },
  },
  drawAdmissions: {
    /**
     * Check a winner's admission token; consumes nothing.
     *
     * @throws {StanchionError} INVALID_TOKEN, TOKEN_EXPIRED, OTHER_ORGANIZATION, FP002, DRAW_NOT_FOUND, ADMISSION_EXPIRED, ADMISSION_USED, INVALID_STATE, VALIDATION_ERROR and what every call can throw.
     */
    validate: {
      operation: "validateDrawAdmission",
      method: "POST",
      path: "/api/v1/draws/{drawId}/validate",
      input: "body",
      answer: "json",
      isPublic: false,
    },
  },
  orders: {
    /**
     * Report an order; with `paid` it is completed at once and its admission used up.
     *
     * @throws {StanchionError} NOT_IN_QUEUE, NOT_IN_DRAW, ALREADY_EXISTS, ADMISSION_EXPIRED, ADMISSION_USED, OUT_OF_STOCK, INVALID_STATE, VALIDATION_ERROR and what every call can throw.
     */
    create: {
      operation: "createOrder",
      method: "POST",
      path: "/api/v1/orders",
      input: "body",
      answer: "json",
      isPublic: false,
    },
    /**
     * List orders, newest first.
     *
     * @throws {StanchionError} RATE_LIMITED and what every call can throw.
     */
    list: {
      operation: "listOrders",
      method: "GET",
      path: "/api/v1/orders",
      input: "query",
      answer: "list",
      isPublic: false,
    },
    /**
     * Read an order.
     *
     * @throws {StanchionError} OTHER_ORGANIZATION, ORDER_NOT_FOUND and what every call can throw.
     */
    read: {
      operation: "readOrder",
      method: "GET",
      path: "/api/v1/orders/{orderId}",
      input: "none",
      answer: "json",
      isPublic: false,
    },
    /**
     * Change what the shop notes of an order by a merge patch: its own number, and metadata.
     *
     * @throws {StanchionError} OTHER_ORGANIZATION, ORDER_NOT_FOUND, VALIDATION_ERROR and what every call can throw.
     */
    update: {
      operation: "updateOrder",
      method: "PATCH",
      path: "/api/v1/orders/{orderId}",
      input: "body",
      answer: "json",
      isPublic: false,
    },
    /**
     * Report that an order is paid: its admission is used up, or the order is REFUND_NEEDED where it cannot be honoured.
     *
     * @throws {StanchionError} OTHER_ORGANIZATION, ORDER_NOT_FOUND and what every call can throw.
     */
    complete: {
      operation: "completeOrder",
      method: "POST",
      path: "/api/v1/orders/{orderId}/complete",
      input: "none",
      answer: "json",
      isPublic: false,
    },
    /**
     * Cancel an order, paid or not; an admission that it used up stays used.
     *
     * @throws {StanchionError} OTHER_ORGANIZATION, ORDER_NOT_FOUND, VALIDATION_ERROR and what every call can throw.
     */
    cancel: {
      operation: "cancelOrder",
      method: "POST",
      path: "/api/v1/orders/{orderId}/cancel",
      input: "body",
      answer: "json",
      isPublic: false,
    },
  },
  hooks: {
    /**
     * Create a hook, an address that a shop system reports orders to; a secret that is made is shown once.
     *
     * @throws {StanchionError} INVALID_STATE, VALIDATION_ERROR and what every call can throw.
     */
    create: {
      operation: "createHook",
      method: "POST",
      path: "/api/v1/hooks",
      input: "body",
      answer: "json",
      isPublic: false,
    },
    /**
     * List hooks, newest first; never a secret.
     *
     * @throws {StanchionError} RATE_LIMITED and what every call can throw.
     */
    list: {
      operation: "listHooks",
      method: "GET",
      path: "/api/v1/hooks",
      input: "query",
      answer: "list",
      isPublic: false,
    },
    /**
     * Read a hook; never its secret.
     *
     * @throws {StanchionError} OTHER_ORGANIZATION, HOOK_NOT_FOUND and what every call can throw.
     */
    read: {
      operation: "readHook",
      method: "GET",
      path: "/api/v1/hooks/{hookId}",
      input: "none",
      answer: "json",
      isPublic: false,
    },
    /**
     * Change a hook's description by a merge patch.
     *
     * @throws {StanchionError} OTHER_ORGANIZATION, HOOK_NOT_FOUND, VALIDATION_ERROR and what every call can throw.
     */
    update: {
      operation: "updateHook",
      method: "PATCH",
      path: "/api/v1/hooks/{hookId}",
      input: "body",
      answer: "json",
      isPublic: false,
    },
    /**
     * Delete a hook; what is sent to it afterwards is refused.
     *
     * @throws {StanchionError} OTHER_ORGANIZATION, HOOK_NOT_FOUND and what every call can throw.
     */
    delete: {
      operation: "deleteHook",
      method: "DELETE",
      path: "/api/v1/hooks/{hookId}",
      input: "none",
      answer: "nothing",
      isPublic: false,
    },
    /**
     * Give a hook a new secret; the one before is good too for as long as is asked for.
     *
     * @throws {StanchionError} OTHER_ORGANIZATION, HOOK_NOT_FOUND, VALIDATION_ERROR and what every call can throw.
     */
    rotate: {
      operation: "rotateHook",
      method: "POST",
      path: "/api/v1/hooks/{hookId}/rotate-secret",
      input: "body",
      answer: "json",
      isPublic: false,
    },
  },
  members: {
    /**
     * List the members of the organization, newest first.
     *
     * @throws {StanchionError} RATE_LIMITED and what every call can throw.
     */
    list: {
      operation: "listMembers",
      method: "GET",
      path: "/api/v1/members",
      input: "query",
      answer: "list",
      isPublic: false,
    },
    /**
     * Read a member.
     *
     * @throws {StanchionError} OTHER_ORGANIZATION, MEMBER_NOT_FOUND and what every call can throw.
     */
    read: {
      operation: "readMember",
      method: "GET",
      path: "/api/v1/members/{memberId}",
      input: "none",
      answer: "json",
      isPublic: false,
    },
    /**
     * Give a member another role; only owners make and lower owners.
     *
     * @throws {StanchionError} OTHER_ORGANIZATION, INSUFFICIENT_ROLE, MEMBER_NOT_FOUND, LAST_OWNER, VALIDATION_ERROR and what every call can throw.
     */
    update: {
      operation: "updateMember",
      method: "PATCH",
      path: "/api/v1/members/{memberId}",
      input: "body",
      answer: "json",
      isPublic: false,
    },
    /**
     * Take a member out of the organization; only owners take out owners.
     *
     * @throws {StanchionError} OTHER_ORGANIZATION, INSUFFICIENT_ROLE, MEMBER_NOT_FOUND, LAST_OWNER and what every call can throw.
     */
    delete: {
      operation: "deleteMember",
      method: "DELETE",
      path: "/api/v1/members/{memberId}",
      input: "none",
      answer: "nothing",
      isPublic: false,
    },
  },
  invitations: {
    /**
     * Invite somebody to the organization by mail, for seven days; only owners invite owners.
     *
     * @throws {StanchionError} INSUFFICIENT_ROLE, QUOTA_EXCEEDED, VALIDATION_ERROR and what every call can throw.
     */
    create: {
      operation: "createInvitation",
      method: "POST",
      path: "/api/v1/invitations",
      input: "body",
      answer: "json",
      isPublic: false,
    },
    /**
     * List invitations, newest first.
     *
     * @throws {StanchionError} RATE_LIMITED and what every call can throw.
     */
    list: {
      operation: "listInvitations",
      method: "GET",
      path: "/api/v1/invitations",
      input: "query",
      answer: "list",
      isPublic: false,
    },
    /**
     * Read an invitation.
     *
     * @throws {StanchionError} OTHER_ORGANIZATION, INVITATION_NOT_FOUND and what every call can throw.
     */
    read: {
      operation: "readInvitation",
      method: "GET",
      path: "/api/v1/invitations/{invitationId}",
      input: "none",
      answer: "json",
      isPublic: false,
    },
    /**
     * Take an invitation back.
     *
     * @throws {StanchionError} OTHER_ORGANIZATION, INSUFFICIENT_ROLE, INVITATION_NOT_FOUND, INVALID_STATE and what every call can throw.
     */
    revoke: {
      operation: "revokeInvitation",
      method: "POST",
      path: "/api/v1/invitations/{invitationId}/revoke",
      input: "none",
      answer: "json",
      isPublic: false,
    },
  },
  apiKeys: {
    /**
     * Create an API key; the key itself is shown in this answer and never again.
     *
     * @throws {StanchionError} ALREADY_EXISTS, VALIDATION_ERROR and what every call can throw.
     */
    create: {
      operation: "createApiKey",
      method: "POST",
      path: "/api/v1/api-keys",
      input: "body",
      answer: "json",
      isPublic: false,
    },
    /**
     * List the API keys of one's mode, newest first; never a key itself.
     *
     * @throws {StanchionError} RATE_LIMITED and what every call can throw.
     */
    list: {
      operation: "listApiKeys",
      method: "GET",
      path: "/api/v1/api-keys",
      input: "query",
      answer: "list",
      isPublic: false,
    },
    /**
     * Read what an API key may do and when it was last used; never the key itself.
     *
     * @throws {StanchionError} OTHER_ORGANIZATION, API_KEY_NOT_FOUND and what every call can throw.
     */
    read: {
      operation: "readApiKey",
      method: "GET",
      path: "/api/v1/api-keys/{keyId}",
      input: "none",
      answer: "json",
      isPublic: false,
    },
    /**
     * Change the name of an API key by a merge patch.
     *
     * @throws {StanchionError} OTHER_ORGANIZATION, API_KEY_NOT_FOUND, VALIDATION_ERROR and what every call can throw.
     */
    update: {
      operation: "updateApiKey",
      method: "PATCH",
      path: "/api/v1/api-keys/{keyId}",
      input: "body",
      answer: "json",
      isPublic: false,
    },
    /**
     * Give an API key a new secret, shown once; the old one goes on for as long as is asked for.
     *
     * @throws {StanchionError} OTHER_ORGANIZATION, API_KEY_NOT_FOUND, INVALID_STATE, VALIDATION_ERROR and what every call can throw.
     */
    rotate: {
      operation: "rotateApiKey",
      method: "POST",
      path: "/api/v1/api-keys/{keyId}/rotate",
      input: "body",
      answer: "json",
      isPublic: false,
    },
    /**
     * Revoke an API key for good: within two seconds it is refused everywhere.
     *
     * @throws {StanchionError} OTHER_ORGANIZATION, API_KEY_NOT_FOUND, INVALID_STATE and what every call can throw.
     */
    revoke: {
      operation: "revokeApiKey",
      method: "POST",
      path: "/api/v1/api-keys/{keyId}/revoke",
      input: "body",
      answer: "json",
      isPublic: false,
    },
  },
  organizations: {
    /**
     * Read the settings of one's own organization.
     *
     * @throws {StanchionError} RATE_LIMITED and what every call can throw.
     */
    read: {
      operation: "readOrganization",
      method: "GET",
      path: "/api/v1/organizations/current",
      input: "none",
      answer: "json",
      isPublic: false,
    },
    /**
     * Change one's own organization by a merge patch; in effect everywhere within two seconds.
     *
     * @throws {StanchionError} VALIDATION_ERROR and what every call can throw.
     */
    update: {
      operation: "updateOrganization",
      method: "PATCH",
      path: "/api/v1/organizations/current",
      input: "body",
      answer: "json",
      isPublic: false,
    },
  },
  requests: {
    /**
     * What became of a request: by the id of its answer, or by an id of the caller's own.
     *
     * @throws {StanchionError} REQUEST_NOT_FOUND and what every call can throw.
     */
    read: {
      operation: "readRequest",
      method: "GET",
      path: "/api/v1/requests/{requestId}",
      input: "none",
      answer: "json",
      isPublic: false,
    },
  },
  auditRecords: {
    /**
     * Who changed what, newest first.
     *
     * @throws {StanchionError} RATE_LIMITED and what every call can throw.
     */
    list: {
      operation: "listAuditRecords",
      method: "GET",
      path: "/api/v1/audit-log",
      input: "query",
      answer: "list",
      isPublic: false,
    },
    /**
     * The audit log as CSV, oldest first, in one answer of any length; no cell is a formula.
     *
     * @throws {StanchionError} RATE_LIMITED and what every call can throw.
     */
    export: {
      operation: "exportAuditRecords",
      method: "GET",
      path: "/api/v1/audit-log/export",
      input: "query",
      answer: "text",
      isPublic: false,
    },
  },
  webhookEndpoints: {
    /**
     * Create a webhook endpoint; its secret is shown in this answer and, at a rotation, the new one.
     *
     * @throws {StanchionError} ALREADY_EXISTS, INVALID_STATE, VALIDATION_ERROR and what every call can throw.
     */
    create: {
      operation: "createWebhookEndpoint",
      method: "POST",
      path: "/api/v1/webhook-endpoints",
      input: "body",
      answer: "json",
      isPublic: false,
    },
    /**
     * List webhook endpoints, newest first; never a secret.
     *
     * @throws {StanchionError} RATE_LIMITED and what every call can throw.
     */
    list: {
      operation: "listWebhookEndpoints",
      method: "GET",
      path: "/api/v1/webhook-endpoints",
      input: "query",
      answer: "list",
      isPublic: false,
    },
    /**
     * Read a webhook endpoint and whether it is sent to; never its secret.
     *
     * @throws {StanchionError} OTHER_ORGANIZATION, WEBHOOK_ENDPOINT_NOT_FOUND and what every call can throw.
     */
    read: {
      operation: "readWebhookEndpoint",
      method: "GET",
      path: "/api/v1/webhook-endpoints/{webhookEndpointId}",
      input: "none",
      answer: "json",
      isPublic: false,
    },
    /**
     * Change a webhook endpoint by a merge patch, switch it off, or on again.
     *
     * @throws {StanchionError} OTHER_ORGANIZATION, WEBHOOK_ENDPOINT_NOT_FOUND, VALIDATION_ERROR and what every call can throw.
     */
    update: {
      operation: "updateWebhookEndpoint",
      method: "PATCH",
      path: "/api/v1/webhook-endpoints/{webhookEndpointId}",
      input: "body",
      answer: "json",
      isPublic: false,
    },
    /**
     * Delete a webhook endpoint; what was not delivered yet never will be.
     *
     * @throws {StanchionError} OTHER_ORGANIZATION, WEBHOOK_ENDPOINT_NOT_FOUND and what every call can throw.
     */
    delete: {
      operation: "deleteWebhookEndpoint",
      method: "DELETE",
      path: "/api/v1/webhook-endpoints/{webhookEndpointId}",
      input: "none",
      answer: "nothing",
      isPublic: false,
    },
    /**
     * Give a webhook endpoint a new secret, shown once; the old one signs too for as long as is asked for.
     *
     * @throws {StanchionError} OTHER_ORGANIZATION, WEBHOOK_ENDPOINT_NOT_FOUND, VALIDATION_ERROR and what every call can throw.
     */
    rotate: {
      operation: "rotateWebhookEndpoint",
      method: "POST",
      path: "/api/v1/webhook-endpoints/{webhookEndpointId}/rotate-secret",
      input: "body",
      answer: "json",
      isPublic: false,
    },
    /**
     * Send an event of the type webhook.test to a webhook endpoint; its deliveries tell what became of it.
     *
     * @throws {StanchionError} OTHER_ORGANIZATION, WEBHOOK_ENDPOINT_NOT_FOUND, INVALID_STATE and what every call can throw.
     */
    test: {
      operation: "testWebhookEndpoint",
      method: "POST",
      path: "/api/v1/webhook-endpoints/{webhookEndpointId}/test",
      input: "none",
      answer: "json",
      isPublic: false,
    },
    /**
     * Deliver again, with the same ids and bytes: one delivery, or those of a time that have failed for good.
     *
     * @throws {StanchionError} OTHER_ORGANIZATION, WEBHOOK_ENDPOINT_NOT_FOUND, INVALID_STATE, VALIDATION_ERROR and what every call can throw.
     */
    replay: {
      operation: "replayWebhookEndpoint",
      method: "POST",
      path: "/api/v1/webhook-endpoints/{webhookEndpointId}/replay",
      input: "body",
      answer: "json",
      isPublic: false,
    },
  },
  events: {
    /**
     * What happens from now on as server-sent events, each with the body that webhook endpoints are sent; for development.
     *
     * @throws {StanchionError} INVALID_STATE and what every call can throw.
     */
    stream: {
      operation: "streamEvents",
      method: "GET",
      path: "/api/v1/events/stream",
      input: "query",
      answer: "events",
      isPublic: false,
    },
    /**
     * Send an example of an event, of nobody and nothing, to who streams events or to one endpoint.
     *
     * @throws {StanchionError} INVALID_STATE, VALIDATION_ERROR and what every call can throw.
     */
    trigger: {
      operation: "triggerEvent",
      method: "POST",
      path: "/api/v1/events/trigger",
      input: "body",
      answer: "json",
      isPublic: false,
    },
  },
  webhookDeliveries: {
    /**
     * What was sent to a webhook endpoint within thirty days and what it answered, newest first.
     *
     * @throws {StanchionError} OTHER_ORGANIZATION, WEBHOOK_ENDPOINT_NOT_FOUND and what every call can throw.
     */
    list: {
      operation: "listWebhookDeliveries",
      method: "GET",
      path: "/api/v1/webhook-endpoints/{webhookEndpointId}/deliveries",
      input: "query",
      answer: "list",
      isPublic: false,
    },
  },
  service: {
    /**
     * Is the process alive?.
     *
     * @throws {StanchionError} RATE_LIMITED and what every call can throw.
     */
    readLiveness: {
      operation: "readLiveness",
      method: "GET",
      path: "/health/live",
      input: "none",
      answer: "json",
      isPublic: true,
    },
    /**
     * Can the process serve?.
     *
     * @throws {StanchionError} RATE_LIMITED and what every call can throw.
     */
    readReadiness: {
      operation: "readReadiness",
      method: "GET",
      path: "/health/ready",
      input: "none",
      answer: "json",
      isPublic: true,
    },
    /**
     * Metrics in the Prometheus text format; from loopback only.
     *
     * @throws {StanchionError} RESOURCE_RESTRICTED and what every call can throw.
     */
    readMetrics: {
      operation: "readMetrics",
      method: "GET",
      path: "/metrics",
      input: "none",
      answer: "text",
      isPublic: true,
    },
    /**
     * The public keys of admission tokens.
     *
     * @throws {StanchionError} RATE_LIMITED and what every call can throw.
     */
    readJwks: {
      operation: "readJwks",
      method: "GET",
      path: "/.well-known/jwks.json",
      input: "none",
      answer: "json",
      isPublic: true,
    },
    /**
     * This description of the API.
     *
     * @throws {StanchionError} RATE_LIMITED and what every call can throw.
     */
    readOpenapi: {
      operation: "readOpenapi",
      method: "GET",
      path: "/openapi.json",
      input: "none",
      answer: "json",
      isPublic: true,
    },
  },
} as const satisfies Record<string, Record<string, CallShape>>;
