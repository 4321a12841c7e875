<?php

/** The rooms there are. A client never names a topic: it asks for a room, and gets one of these. */
const ROOMS = ['lobby', 'kitchen', 'garden'];

/** The topic of the room that the client asks for; there is no other way in. */
function room_topic(mixed $room): string
{
    if (!in_array($room, ROOMS, true)) {
        http_response_code(404);
        exit("There is no such room.\n");
    }

    return "chat.$room";
}
