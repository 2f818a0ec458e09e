"""PHP: its own errors, uncaught exceptions, PHPUnit, and logs of Monolog as Laravel and Symfony write them."""
