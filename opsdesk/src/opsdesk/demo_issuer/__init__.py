"""The sign-in of `make run`: an OpenID provider whose page asks "Who are you?" and believes the answer."""
