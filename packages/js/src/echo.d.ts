/** As Echo has it. */
export type ConnectionStatus = 'connected' | 'disconnected' | 'connecting' | 'reconnecting' | 'failed';

export interface SseConnectorOptions {
    /** The application's origin, where it is another than the page's: `https://app.example.org`. */
    host?: string;
    /** Where php-sse/laravel has its routes: `/broadcasting`. */
    path?: string;
    /** Of events that are named by their class: `App.Events`; false: none. */
    namespace?: string | false;
    auth?: { headers?: Record<string, string> };
    bearerToken?: string | null;
    /** Of the page or its cookie, if not given. */
    csrfToken?: string | null;
    /** Sends cookies to another origin. */
    withCredentials?: boolean;
    /** What the page shows already: the first channels begin behind it. */
    lastEventId?: string | null;
    /** Events have been missed for good: the page has to load its state anew. */
    onReset?: (event: MessageEvent<string>) => void;
    /** As of `EventStream`. */
    retry?: number;
    silence?: number;
    pauseHidden?: boolean;
    [key: string]: any;
}

/** Why a channel, or a whisper, was refused. */
export interface ChannelError {
    type: 'AuthError' | 'WhisperError';
    error: string;
    /** Of the response; 0: there was none. */
    status: number;
}

type Callback<T = any> = (data: T) => void;

export class SseChannel {
    readonly name: string;
    listen(event: string, callback: Callback): this;
    stopListening(event: string, callback?: Callback): this;
    listenToAll(callback: (event: string, data: any) => void): this;
    stopListeningToAll(callback?: (event: string, data: any) => void): this;
    listenForWhisper(event: string, callback: Callback): this;
    stopListeningForWhisper(event: string, callback?: Callback): this;
    notification(callback: Callback): this;
    stopListeningForNotification(callback: Callback): this;
    subscribed(callback: () => void): this;
    error(callback: Callback<ChannelError>): this;
    on(event: string, callback: Callback): this;
}

export class SsePrivateChannel extends SseChannel {
    whisper(event: string, data: unknown): this;
}

/** For `new Echo({ broadcaster: SseConnector })` of laravel-echo 2. */
export class SseConnector {
    constructor(options?: SseConnectorOptions);
    readonly channels: Record<string, SseChannel>;
    connect(): void;
    disconnect(): void;
    listen(name: string, event: string, callback: Callback): SseChannel;
    channel(name: string): SseChannel;
    privateChannel(name: string): SsePrivateChannel;
    /** Throws: there are none yet. */
    presenceChannel(name: string): never;
    encryptedPrivateChannel(name: string): never;
    leave(name: string): void;
    leaveChannel(name: string): void;
    socketId(): string;
    connectionStatus(): ConnectionStatus;
    onConnectionChange(callback: (status: ConnectionStatus) => void): () => void;
}
