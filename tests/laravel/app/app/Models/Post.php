<?php

declare(strict_types=1);

namespace App\Models;

use Illuminate\Broadcasting\PrivateChannel;
use Illuminate\Database\Eloquent\BroadcastsEvents;
use Illuminate\Database\Eloquent\Model;

class Post extends Model
{
    use BroadcastsEvents;

    public $timestamps = false;

    protected $guarded = [];

    public function broadcastOn($event)
    {
        return [new PrivateChannel("App.Models.User.$this->user_id")];
    }
}
