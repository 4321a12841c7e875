<?php
// A stream that its worker hands over.
Sse::start()->subscribe('numbers');
